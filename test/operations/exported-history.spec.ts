import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { historyCommand } from '#apps/cli/src/history.command.js';
import type { HistoryBundle } from '#integrity/history-bundle.js';
import { fingerprintOf, publicKey } from '#integrity/signing-key.js';
import { crm } from './crm.js';
import { type Change, hasPython, type SealedCompany, sealedCompany } from './sealed-company.js';

let company: SealedCompany;
beforeAll(async () => {
  company = await sealedCompany();
});
afterAll(() => company?.close());

describe('an exported history', () => {
  it('is verified offline, by whoever trusts the key or its fingerprint', async () => {
    const fine = { code: 0, out: expect.stringContaining('Every event is as it was sealed.') };
    expect(await company.verify([company.bundle, '--key', company.key], company.elsewhere)).toEqual(fine);
    expect(
      await company.verify([company.bundle, '--fingerprint', fingerprintOf(publicKey(company.key))], company.elsewhere),
    ).toEqual(fine);
    const unknown = await company.verify([company.bundle], company.elsewhere);
    expect(unknown).toEqual({ code: 3, out: expect.stringContaining('a key that nobody has vouched for') });
  });

  it('is not vouched for by the server’s own key where a fingerprint was given', async () => {
    const other = await company.verify([company.bundle, '--fingerprint', 'ab'.repeat(32)]);
    expect(other).toEqual({ code: 3, out: expect.stringContaining('a key that nobody has vouched for') });
    const own = await company.verify([
      company.bundle,
      '--fingerprint',
      fingerprintOf(publicKey(company.key)).toUpperCase(),
    ]);
    expect(own).toEqual({ code: 0, out: expect.stringContaining('Every event is as it was sealed.') });
  });

  it('takes no fingerprint that is none, and a log takes none at all', async () => {
    await expect(company.verify([company.bundle, '--fingerprint', 'abc'])).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      message: 'abc is no fingerprint: it is the SHA-256 of the public key, 64 hexadecimal digits.',
      details: { field: 'fingerprint' },
    });
    const ofALog = { code: 'BAD_USER_INPUT', message: expect.stringContaining('for a log give the key (--key)') };
    await expect(company.verify([company.exported, '--fingerprint', 'ab'.repeat(32)])).rejects.toMatchObject(ofALog);
  });

  it('holds the events of all streams of the customer, whole', async () => {
    const { events } = JSON.parse(readFileSync(company.bundle, 'utf8')) as HistoryBundle;
    expect(events.map(({ type }) => type)).toEqual(['CustomerRegistered', 'OpportunityOpened', 'StageAdvanced']);
    expect(events.map(({ index }) => index)).toEqual([2, 3, 4]);
  });

  it.each<[string, string, Change]>([
    [
      'altered',
      'ALTERED: Revision 0 of customer-',
      copy => Object.assign(copy.events[0]!.data as object, { name: 'Li' }),
    ],
    [
      'altered in its time',
      'ALTERED: Revision 0 of',
      copy => Object.assign(copy.events[0]!, { recordedAt: '2020-01-01T00:00:00.000Z' }),
    ],
    ['moved', 'MOVED: Revision 0 of', copy => (copy.events as unknown[]).reverse()],
    ['emptied', 'MISSING: There is no event of customer-', copy => Object.assign(copy, { events: [] })],
    [
      'given to another customer',
      'MISSING: There is no event of customer-nobody.',
      copy => Object.assign(copy, { customerId: 'nobody' }),
    ],
    [
      'robbed of the customer’s own stream',
      'MISSING: There is no event of customer-',
      copy => Object.assign(copy, { events: copy.events.slice(1) }),
    ],
    [
      'robbed of the first event of a stream',
      'MISSING: Revision 0 of',
      copy => (copy.events as unknown[]).splice(1, 1),
    ],
    [
      'put in another order',
      'MOVED: Revision 0 of customer-',
      copy => (copy.events as unknown[]).splice(0, 2, ...copy.events.slice(0, 2).reverse()),
    ],
    ['without proof', 'ADDED: Revision 0 of', copy => Object.assign(copy.events[1]!, { proof: undefined })],
    ['under another head', 'SIGNATURE: The head bears no', copy => Object.assign(copy.head, { size: 7 })],
  ])('that was %s is told from a true one', async (_, told, change) => {
    const { out, code } = await company.verify([company.changed(change), '--key', company.key], company.elsewhere);
    expect([out, code]).toEqual([expect.stringContaining(told), 3]);
  });

  it('that holds a sealed stream of another customer is told from a true one', async () => {
    const { events, customerId: other } = JSON.parse(readFileSync(company.othersBundle, 'utf8')) as HistoryBundle;
    const file = company.changed(copy => (copy.events as unknown[]).unshift(...events));
    const told = `ADDED: customer-${other} is not this customer’s: it names customer ${other}.`;
    expect(await company.verify([file, '--key', company.key], company.elsewhere)).toEqual({
      code: 3,
      out: expect.stringContaining(told),
    });
    if (hasPython)
      expect(company.python(file)).toEqual({ status: 1, stdout: `customer-${other} does not belong to this customer` });
  });

  it('is not made for a customer who does not exist', async () => {
    const args = ['history', 'export', 'nobody', '--out', join(company.folder, 'nobody.json')];
    await expect(crm(historyCommand, args, company.environment)).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  it('is not read from a file that holds something else', async () => {
    const other = join(company.folder, 'other.json');
    writeFileSync(other, '{"format":"something"}');
    await expect(company.verify([other])).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
  });
});

(hasPython ? describe : describe.skip)('another verifier (needs python3 and openssl)', () => {
  it('agrees about a true history', () => {
    const fine = { status: 0, stdout: 'Everything is as it was sealed.' };
    expect(company.python(company.bundle)).toEqual(fine);
  });

  it('agrees about altered ones', () => {
    const altered = company.changed(copy => Object.assign(copy.events[0]!.data as object, { name: 'Li' }));
    expect(company.python(altered).stdout).toContain('is not what its hash says');
    expect(company.python(altered).status).toBe(1);
    expect(company.python(company.changed(copy => Object.assign(copy.head, { size: 7 }))).stdout).toContain(
      'is not signed with this key',
    );
  });

  it.each<[string, string, Change]>([
    ['emptied', 'there is no event of customer-', copy => Object.assign(copy, { events: [] })],
    ['given to another', 'there is no event of customer-nobody', copy => Object.assign(copy, { customerId: 'nobody' })],
    ['robbed of an event', 'stands behind revision -1', copy => (copy.events as unknown[]).splice(1, 1)],
    [
      'put in another order',
      'does not stand behind the event before it',
      copy => (copy.events as unknown[]).splice(0, 2, ...copy.events.slice(0, 2).reverse()),
    ],
  ])('agrees about one that was %s', (_, told, change) => {
    expect(company.python(company.changed(change))).toEqual({ status: 1, stdout: expect.stringContaining(told) });
  });
});
