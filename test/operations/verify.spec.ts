import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { listen } from '#apps/api/src/listen.js';
import { exportEvents } from '#apps/cli/src/events/export.js';
import { importEvents } from '#apps/cli/src/events/import.js';
import { eventsCommand } from '#apps/cli/src/events.command.js';
import { verifyCommand } from '#apps/cli/src/verify.command.js';
import { startSealing } from '#apps/system/src/sealing.js';
import { openSystem, systemClock } from '#apps/system/src/system.js';
import { RegisterCustomer } from '#crm/customer/customer.commands.js';
import type { RecordedEvent } from '#event-sourcing/event.js';
import { MemoryEventStore } from '#event-store/memory/memory-event-store.js';
import type { HistoryBundle } from '#integrity/history-bundle.js';
import { Sealer } from '#integrity/sealer.js';
import { signingKey } from '#integrity/signing-key.js';
import { configFrom } from '#platform/config.js';
import { testDatabase } from '#test/support/postgres.js';
import { crm } from './crm.js';
import { anEvent } from './running.js';
import { hasPython, SEALED, type SealedCompany, sealedCompany } from './sealed-company.js';

let company: SealedCompany;
beforeAll(async () => {
  company = await sealedCompany();
});
afterAll(() => company?.close());

describe('crm verify', () => {
  it('finds nothing in a log that nobody touched, and says how much of it is sealed', async () => {
    const { out, code } = await company.verify([]);
    expect(code).toBe(0);
    expect(out).toMatch(/^6 events in .* s \(\d+\/s\)\n1 tree heads; 6 events are sealed, 0 came later$/m);
    expect(out).toContain('Nothing was found');
  });

  it('checks an exported log against the heads, also another log that has none of them', async () => {
    const { out, code } = await company.verify(
      [company.exported, '--json', '--from-heads', join(company.folder, 'heads'), '--key', company.key],
      company.elsewhere,
    );
    expect([JSON.parse(out), code]).toMatchObject([{ events: 6, sealed: 6, findingCount: 0 }, 0]);
    const noHeads = await company.verify([company.exported], company.elsewhere);
    expect(noHeads).toMatchObject({ code: 0, out: expect.stringContaining('There is no tree head in') });
  });

  it('checks a log that was exported earlier against the newest head that it reaches', async () => {
    const heads = await sealedLater(3);
    const check = () =>
      company.verify([company.exported, '--from-heads', heads, '--key', company.key], company.elsewhere);
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
      const file = join(company.folder, `earlier-${randomUUID()}.jsonl.gz`);
      await exportEvents(await holding(events), file);
      return company.verify([file, '--from-heads', heads, '--key', company.key], company.elsewhere);
    };
    const events = (await recorded()).slice(0, SEALED);
    const missing = /^MISSING: Event 5 of the log is missing/m;
    expect(await check(events.toSpliced(4, 1))).toEqual({ code: 3, out: expect.stringMatching(missing) });
    const altered = events.with(5, { ...events[5]!, data: 'another' });
    expect(await check(altered)).toEqual({ code: 3, out: expect.stringContaining('ALTERED: Revision 0 of note-1') });
  });

  it('does not take a file that was cut for one that was exported earlier', async () => {
    const lines = gunzipSync(readFileSync(company.exported)).toString().trimEnd().split('\n');
    const cut = join(company.folder, 'cut.jsonl.gz');
    writeFileSync(cut, gzipSync([...lines.slice(0, 4), lines.at(-1)].join('\n')));
    const refused = {
      code: 'BAD_USER_INPUT',
      message: expect.stringContaining('not those that its last line speaks of'),
    };
    await expect(company.verify([cut], company.elsewhere)).rejects.toMatchObject(refused);
    if (hasPython)
      expect(company.python(cut)).toEqual({ status: 1, stdout: 'the last line does not speak of 4 events' });
  });

  it('says that heads were signed by somebody else', async () => {
    const other = join(company.folder, 'other.pem');
    signingKey(other);
    const { out, code } = await company.verify(['--key', other]);
    expect(code).toBe(3);
    expect(out).toMatch(/^SIGNATURE: The head of .* \(6 events\) bears no signature of a known key\.$/m);
  });

  it('keeps the hashes of an imported log, and refuses one whose events are not what their hashes say', async () => {
    const target = await testDatabase();
    const into = { ...company.environment, EVENT_STORE_URL: target.url };
    expect((await crm(eventsCommand, ['events', 'import', company.exported], into)).code).toBe(0);
    const { out } = await company.verify(['--store', target.url, '--json']);
    expect(JSON.parse(out)).toMatchObject({ events: 6, sealed: 6, findings: [], findingCount: 0 });
    await target.drop();
    const forged = new MemoryEventStore();
    const event = anEvent('LeadCaptured', { name: 'Li' });
    await forged.append('lead-1', 'noStream', [{ ...event, metadata: { ...event.metadata, hash: 'forged' } }]);
    const file = join(company.folder, 'forged.jsonl.gz');
    await exportEvents(forged, file);
    const refused = importEvents(new MemoryEventStore(), file);
    await expect(refused).rejects.toMatchObject({ code: 'BAD_USER_INPUT', message: expect.stringContaining('lead-1') });
  });
});

describe('a running system', () => {
  it('shows auditors the newest head, and the hash of every event', async () => {
    const system = await openSystem(configFrom({ ...company.environment, PORT: '0' }));
    const api = await listen(system);
    const query = `{ integrity { size rootHash key } customerHistory(customerId: "${company.customerId}") { nodes { hash } } }`;
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${api.token}` };
    const answer = await fetch(api.url, { method: 'POST', headers, body: JSON.stringify({ query }) });
    const { head, events } = JSON.parse(readFileSync(company.bundle, 'utf8')) as HistoryBundle;
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
      ...company.environment,
      EVENT_STORE_URL: target.url,
      DATABASE_URL: target.url,
      DATA_DIR: join(company.folder, 'own'),
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

/** A store with these events. */
async function holding(events: readonly RecordedEvent[]): Promise<MemoryEventStore> {
  const copy = new MemoryEventStore();
  for (const { stream, revision, id, type, data, metadata, recordedAt } of events)
    await copy.append(stream, revision ? revision - 1n : 'noStream', [{ id, type, data, metadata, recordedAt }]);
  return copy;
}

/** The heads as they are once the log has grown by so many events. */
async function sealedLater(events: number): Promise<string> {
  const heads = join(company.folder, `heads-${randomUUID()}`);
  cpSync(join(company.folder, 'heads'), heads, { recursive: true });
  const grown = await holding((await recorded()).slice(0, SEALED));
  for (let number = 1; number <= events; number++)
    await grown.append(`later-${number}`, 'noStream', [anEvent('Noted', { number })]);
  const signing = signingKey(join(company.folder, 'keys', 'seal.pem'));
  const exclusively = <T>(_: string, work: () => Promise<T>) => work();
  await new Sealer({ store: grown, folder: heads, key: signing, clock: systemClock, exclusively }).seal();
  return heads;
}

/** What stands in the log. */
async function recorded(): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for await (const page of company.store.readAll()) events.push(...page.events);
  return events;
}

const headsFileIn = (heads: string) =>
  execFileSync('find', [heads, '-name', 'heads.jsonl'], { encoding: 'utf8' }).trim();

(hasPython ? describe : describe.skip)('another verifier (needs python3 and openssl)', () => {
  it('agrees about a true log', () => {
    const fine = { status: 0, stdout: 'Everything is as it was sealed.' };
    expect(company.python(company.exported, '--heads', headsFileIn(join(company.folder, 'heads')))).toEqual(fine);
  });

  it('agrees about a log that was exported earlier', async () => {
    const later = headsFileIn(await sealedLater(3));
    const stdout = '3 events that were sealed later are not in it.\nEverything is as it was sealed.';
    expect(company.python(company.exported, '--heads', later)).toEqual({ status: 0, stdout });
  });
});
