import { execFileSync, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { listen } from '#apps/api/src/listen.js';
import { exportEvents } from '#apps/cli/src/events/export.js';
import { importEvents } from '#apps/cli/src/events/import.js';
import { eventsCommand } from '#apps/cli/src/events.command.js';
import { historyCommand } from '#apps/cli/src/history.command.js';
import { verifyCommand } from '#apps/cli/src/verify.command.js';
import { sealerOf, startSealing } from '#apps/system/src/sealing.js';
import { openSystem, systemClock } from '#apps/system/src/system.js';
import { RegisterCustomer } from '#crm/customer/customer.commands.js';
import { OpenOpportunity } from '#crm/opportunity/opportunity.commands.js';
import type { RecordedEvent } from '#event-sourcing/event.js';
import type { EventStore } from '#event-sourcing/event-store.js';
import { MemoryEventStore } from '#event-store/memory/memory-event-store.js';
import { openEventStore } from '#event-store/open-event-store.js';
import type { HistoryBundle } from '#integrity/history-bundle.js';
import { Sealer } from '#integrity/sealer.js';
import { fingerprintOf, publicKey, signingKey } from '#integrity/signing-key.js';
import { configFrom } from '#platform/config.js';
import { type TestDatabase, testDatabase } from '#test/support/postgres.js';
import { crm } from './crm.js';
import { anEvent } from './running.js';

let folder: string;
let database: TestDatabase;
let environment: Record<string, string>;
let customerId: string;
let store: EventStore;
let bundle: string;
let othersBundle: string;
let exported: string;

/** Events in the beginning. */
const SEALED = 6;

/** What two writers of canonical JSON may disagree about. */
const awkward = {
  texts: ['line\u2028paragraph\u2029\n\t\u0000\u001f\u007f', '"\\/', 'e\u0301é𠮷👩‍👩‍👧', '\ud800'],
  numbers: [0, -1, 0.1, 1e21, 123456789012345680000, 1e-7, 0.000001, 5e-324, 1.5e300, 2 ** 53],
  'key "': { 10: null, 9: true, '\ufb33': [], '😀': {} },
};

/** A customer with an opportunity, sealed. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'chronicle-verify-'));
  database = await testDatabase();
  [bundle, othersBundle] = [join(folder, 'history.json'), join(folder, 'others.json')];
  exported = join(folder, 'log.jsonl.gz');
  environment = { DATABASE_URL: database.url, EVENT_STORE_URL: database.url, DATA_DIR: folder, LOG_LEVEL: 'silent' };
  const system = await openSystem(configFrom(environment));
  const sender = { actor: { id: 'li', role: 'administrator' } };
  const names = ['上海贸易有限公司 \\ 😀 é', 'Wang & “Söhne”'];
  const ids: string[] = [];
  for (const name of names) ids.push((await system.executor.send(RegisterCustomer, { name }, sender)).id);
  customerId = ids[1]!;
  const opportunity = { customerId, name: 'A', amount: { minor: 123_456, currency: 'CNY' } };
  await system.executor.send(OpenOpportunity, opportunity, sender);
  await system.store.append('note-1', 'noStream', [anEvent('Noted', awkward)]);
  await sealerOf(system.stored, system.config, systemClock).seal();
  await system.close();
  store = await openEventStore(database.url);
  expect((await history('export', customerId, '--out', bundle)).code).toBe(0);
  expect((await history('export', ids[0]!, '--out', othersBundle)).code).toBe(0);
  expect((await crm(eventsCommand, ['events', 'export', exported], environment)).code).toBe(0);
});
afterAll(async () => {
  await store?.close();
  await database?.drop();
  rmSync(folder, { recursive: true, force: true });
});

const history = (...args: string[]) => crm(historyCommand, ['history', ...args], environment);
const verify = (args: string[], more: Record<string, string> = {}) =>
  crm(verifyCommand, ['verify', ...args], { ...environment, ...more });
const key = () => join(folder, 'keys', 'seal.pem.pub');
const elsewhere = () => ({ DATA_DIR: join(folder, 'elsewhere'), EVENT_STORE_URL: '', DATABASE_URL: '' });

/** A copy of the bundle with a change. */
function changed(change: (bundle: { -readonly [Key in keyof HistoryBundle]: HistoryBundle[Key] }) => void): string {
  const copy = JSON.parse(readFileSync(bundle, 'utf8'));
  change(copy);
  const file = join(folder, 'changed.json');
  writeFileSync(file, JSON.stringify(copy));
  return file;
}

describe('crm verify', () => {
  it('finds nothing in a log that nobody touched, and says how much of it is sealed', async () => {
    const { out, code } = await verify([]);
    expect(code).toBe(0);
    expect(out).toMatch(/^6 events in .* s \(\d+\/s\)\n1 tree heads; 6 events are sealed, 0 came later$/m);
    expect(out).toContain('Nothing was found');
  });

  it('checks an exported log against the heads, also another log that has none of them', async () => {
    const { out, code } = await verify(
      [exported, '--json', '--from-heads', join(folder, 'heads'), '--key', key()],
      elsewhere(),
    );
    expect([JSON.parse(out), code]).toMatchObject([{ events: 6, sealed: 6, findingCount: 0 }, 0]);
    const noHeads = await verify([exported], elsewhere());
    expect(noHeads).toMatchObject({ code: 0, out: expect.stringContaining('There is no tree head in') });
  });

  it('checks a log that was exported earlier against the newest head that it reaches', async () => {
    const heads = await sealedLater(3);
    const check = () => verify([exported, '--from-heads', heads, '--key', key()], elsewhere());
    const later = 'note: 3 events that were sealed later are not in it; the head of';
    const fine = { code: 0, out: expect.stringMatching(/^2 tree heads; 6 events are sealed, 0 came later$/m) };
    expect(await check()).toEqual({ code: 0, out: expect.stringContaining(later) });
    expect(await check()).toEqual(fine);
    for (const log of readdirSync(heads)) rmSync(join(heads, log, 'leaves'), { force: true });
    expect(await check()).toEqual(fine);
  });

  it('finds what was altered in it, or is missing before its end', async () => {
    const heads = await sealedLater(3);
    const check = async (events: readonly RecordedEvent[]) => {
      const file = join(folder, `earlier-${randomUUID()}.jsonl.gz`);
      await exportEvents(await holding(events), file);
      return verify([file, '--from-heads', heads, '--key', key()], elsewhere());
    };
    const events = (await recorded()).slice(0, SEALED);
    const missing = /^MISSING: Event 5 of the log is missing/m;
    expect(await check(events.toSpliced(4, 1))).toEqual({ code: 3, out: expect.stringMatching(missing) });
    const altered = events.with(5, { ...events[5]!, data: 'another' });
    expect(await check(altered)).toEqual({ code: 3, out: expect.stringContaining('ALTERED: Revision 0 of note-1') });
  });

  it('does not take a file that was cut for one that was exported earlier', async () => {
    const lines = gunzipSync(readFileSync(exported)).toString().trimEnd().split('\n');
    const cut = join(folder, 'cut.jsonl.gz');
    writeFileSync(cut, gzipSync([...lines.slice(0, 4), lines.at(-1)].join('\n')));
    const refused = {
      code: 'BAD_USER_INPUT',
      message: expect.stringContaining('not those that its last line speaks of'),
    };
    await expect(verify([cut], elsewhere())).rejects.toMatchObject(refused);
    if (available) expect(python(cut)).toEqual({ status: 1, stdout: 'the last line does not speak of 4 events' });
  });

  it('says that heads were signed by somebody else', async () => {
    const other = join(folder, 'other.pem');
    signingKey(other);
    const { out, code } = await verify(['--key', other]);
    expect(code).toBe(3);
    expect(out).toMatch(/^SIGNATURE: The head of .* \(6 events\) bears no signature of a known key\.$/m);
  });

  it('keeps the hashes of an imported log, and refuses one whose events are not what their hashes say', async () => {
    const target = await testDatabase();
    const into = { ...environment, EVENT_STORE_URL: target.url };
    expect((await crm(eventsCommand, ['events', 'import', exported], into)).code).toBe(0);
    const { out } = await verify(['--store', target.url, '--json']);
    expect(JSON.parse(out)).toMatchObject({ events: 6, sealed: 6, findings: [], findingCount: 0 });
    await target.drop();
    const forged = new MemoryEventStore();
    const event = anEvent('LeadCaptured', { name: 'Li' });
    await forged.append('lead-1', 'noStream', [{ ...event, metadata: { ...event.metadata, hash: 'forged' } }]);
    const file = join(folder, 'forged.jsonl.gz');
    await exportEvents(forged, file);
    const refused = importEvents(new MemoryEventStore(), file);
    await expect(refused).rejects.toMatchObject({ code: 'BAD_USER_INPUT', message: expect.stringContaining('lead-1') });
  });
});

describe('a running system', () => {
  it('shows auditors the newest head, and the hash of every event', async () => {
    const system = await openSystem(configFrom({ ...environment, PORT: '0' }));
    const api = await listen(system);
    const query = `{ integrity { size rootHash key } customerHistory(customerId: "${customerId}") { nodes { hash } } }`;
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${api.token}` };
    const answer = await fetch(api.url, { method: 'POST', headers, body: JSON.stringify({ query }) });
    const { head, events } = JSON.parse(readFileSync(bundle, 'utf8')) as HistoryBundle;
    expect(await answer.json()).toEqual({
      data: {
        integrity: { size: head.size, rootHash: head.rootHash, key: head.key },
        customerHistory: { nodes: events.map(({ metadata: { hash } }) => ({ hash })) },
      },
    });
    await api.close();
    await system.close();
  });

  it('seals the rest when it stops', async () => {
    const target = await testDatabase();
    const own = {
      ...environment,
      EVENT_STORE_URL: target.url,
      DATABASE_URL: target.url,
      DATA_DIR: join(folder, 'own'),
    };
    const system = await openSystem(configFrom({ ...own, SEAL_EVERY_SECONDS: '3600' }));
    const sealing = startSealing(system);
    await system.executor.send(RegisterCustomer, { name: 'A' }, { actor: { id: 'li', role: 'administrator' } });
    await sealing.stop();
    await system.close();
    const { out } = await crm(verifyCommand, ['verify', '--json'], own);
    expect(JSON.parse(out)).toMatchObject({ events: 2, sealed: 2, findingCount: 0 });
    await target.drop();
  });
});

describe('an exported history', () => {
  it('is verified offline, by whoever trusts the key or its fingerprint', async () => {
    const fine = { code: 0, out: expect.stringContaining('Every event is as it was sealed.') };
    expect(await verify([bundle, '--key', key()], elsewhere())).toEqual(fine);
    expect(await verify([bundle, '--fingerprint', fingerprintOf(publicKey(key()))], elsewhere())).toEqual(fine);
    const unknown = await verify([bundle], elsewhere());
    expect(unknown).toEqual({ code: 3, out: expect.stringContaining('a key that nobody has vouched for') });
  });

  it('is not vouched for by the server’s own key where a fingerprint was given', async () => {
    const other = await verify([bundle, '--fingerprint', 'ab'.repeat(32)]);
    expect(other).toEqual({ code: 3, out: expect.stringContaining('a key that nobody has vouched for') });
    const own = await verify([bundle, '--fingerprint', fingerprintOf(publicKey(key())).toUpperCase()]);
    expect(own).toEqual({ code: 0, out: expect.stringContaining('Every event is as it was sealed.') });
  });

  it('takes no fingerprint that is none, and a log takes none at all', async () => {
    await expect(verify([bundle, '--fingerprint', 'abc'])).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      message: 'abc is no fingerprint: it is the SHA-256 of the public key, 64 hexadecimal digits.',
      details: { field: 'fingerprint' },
    });
    const ofALog = { code: 'BAD_USER_INPUT', message: expect.stringContaining('for a log give the key (--key)') };
    await expect(verify([exported, '--fingerprint', 'ab'.repeat(32)])).rejects.toMatchObject(ofALog);
  });

  it('holds the events of all streams of the customer, whole', async () => {
    const { events } = JSON.parse(readFileSync(bundle, 'utf8')) as HistoryBundle;
    expect(events.map(({ type }) => type)).toEqual(['CustomerRegistered', 'OpportunityOpened', 'StageAdvanced']);
    expect(events.map(({ index }) => index)).toEqual([2, 3, 4]);
  });

  it.each<[string, string, Parameters<typeof changed>[0]]>([
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
    const { out, code } = await verify([changed(change), '--key', key()], elsewhere());
    expect([out, code]).toEqual([expect.stringContaining(told), 3]);
  });

  it('that holds a sealed stream of another customer is told from a true one', async () => {
    const { events, customerId: other } = JSON.parse(readFileSync(othersBundle, 'utf8')) as HistoryBundle;
    const file = changed(copy => (copy.events as unknown[]).unshift(...events));
    const told = `ADDED: customer-${other} is not this customer’s: it names customer ${other}.`;
    expect(await verify([file, '--key', key()], elsewhere())).toEqual({ code: 3, out: expect.stringContaining(told) });
    if (available)
      expect(python(file)).toEqual({ status: 1, stdout: `customer-${other} does not belong to this customer` });
  });

  it('is not made for a customer who does not exist', async () => {
    await expect(history('export', 'nobody', '--out', join(folder, 'nobody.json'))).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  it('is not read from a file that holds something else', async () => {
    const other = join(folder, 'other.json');
    writeFileSync(other, '{"format":"something"}');
    await expect(verify([other])).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
  });
});

/** A store with these events. */
async function holding(events: readonly RecordedEvent[]): Promise<MemoryEventStore> {
  const copy = new MemoryEventStore();
  for (const { stream, revision, id, type, data, metadata, recordedAt } of events)
    await copy.append(stream, revision ? revision - 1n : 'noStream', [{ id, type, data, metadata, recordedAt }]);
  return copy;
}

/** The heads as they are once the log has grown by so many events. */
async function sealedLater(events: number): Promise<string> {
  const heads = join(folder, `heads-${randomUUID()}`);
  cpSync(join(folder, 'heads'), heads, { recursive: true });
  const grown = await holding((await recorded()).slice(0, SEALED));
  for (let number = 1; number <= events; number++)
    await grown.append(`later-${number}`, 'noStream', [anEvent('Noted', { number })]);
  const signing = signingKey(join(folder, 'keys', 'seal.pem'));
  const exclusively = <T>(_: string, work: () => Promise<T>) => work();
  await new Sealer({ store: grown, folder: heads, key: signing, clock: systemClock, exclusively }).seal();
  return heads;
}

/** What stands in the log. */
async function recorded(): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for await (const page of store.readAll()) events.push(...page.events);
  return events;
}

const available = ['python3 --version', 'openssl version'].every(command => {
  const [program, ...args] = command.split(' ');
  return spawnSync(program!, args).status === 0;
});

const headsFileIn = (heads: string) =>
  execFileSync('find', [heads, '-name', 'heads.jsonl'], { encoding: 'utf8' }).trim();

function python(...args: string[]) {
  const { status, stdout } = spawnSync('python3', ['docs/verify.py', ...args, '--key', key()], { encoding: 'utf8' });
  return { status, stdout: stdout.trim() };
}

/** Written from the documentation alone, with nothing of ours. */
(available ? describe : describe.skip)('another verifier (needs python3 and openssl)', () => {
  it('agrees about true histories and logs', () => {
    const fine = { status: 0, stdout: 'Everything is as it was sealed.' };
    expect(python(bundle)).toEqual(fine);
    expect(python(exported, '--heads', headsFileIn(join(folder, 'heads')))).toEqual(fine);
  });

  it('agrees about a log that was exported earlier', async () => {
    const later = headsFileIn(await sealedLater(3));
    const stdout = '3 events that were sealed later are not in it.\nEverything is as it was sealed.';
    expect(python(exported, '--heads', later)).toEqual({ status: 0, stdout });
  });

  it('agrees about altered ones', () => {
    const altered = changed(copy => Object.assign(copy.events[0]!.data as object, { name: 'Li' }));
    expect(python(altered).stdout).toContain('is not what its hash says');
    expect(python(altered).status).toBe(1);
    expect(python(changed(copy => Object.assign(copy.head, { size: 7 }))).stdout).toContain(
      'is not signed with this key',
    );
  });

  it.each<[string, string, Parameters<typeof changed>[0]]>([
    ['emptied', 'there is no event of customer-', copy => Object.assign(copy, { events: [] })],
    ['given to another', 'there is no event of customer-nobody', copy => Object.assign(copy, { customerId: 'nobody' })],
    ['robbed of an event', 'stands behind revision -1', copy => (copy.events as unknown[]).splice(1, 1)],
    [
      'put in another order',
      'does not stand behind the event before it',
      copy => (copy.events as unknown[]).splice(0, 2, ...copy.events.slice(0, 2).reverse()),
    ],
  ])('agrees about one that was %s', (_, told, change) => {
    expect(python(changed(change))).toEqual({ status: 1, stdout: expect.stringContaining(told) });
  });
});
