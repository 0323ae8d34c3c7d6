import { generateKeyPairSync } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { type EventStore, type ExpectedRevision, WrongExpectedRevision } from '#event-sourcing/event-store.js';
import { newEvents } from '#event-store/contract/new-event.js';
import { type LogUnderTest, logUnderTest } from '#event-store/postgres/testing/log-under-test.js';
import { ChainedStore } from '#integrity/chained-store.js';
import type { Finding, Subject } from '#integrity/finding.js';
import { SealFolder } from '#integrity/seal-folder.js';
import { Sealer } from '#integrity/sealer.js';
import { type SignedTreeHead, signHead } from '#integrity/tree-head.js';
import { sourceOf, verifyLog } from '#integrity/verify-log.js';
import { withLock } from '#platform/embedded-postgres/lock.js';
import { attack, attackNames, rowsOf, write } from './tampering.js';
import { Chance, PATIENCE_MS, report, trials } from './trials.js';

const ATTACKS = trials({ short: 2 * attackNames.length, full: 300 });
const APPENDS = trials({ short: 3_000, full: 50_000 });
const keys = generateKeyPairSync('ed25519');

let log: LogUnderTest;
let heads: string;
beforeEach(async () => {
  log = await logUnderTest();
  heads = mkdtempSync(join(tmpdir(), 'chronicle-heads-'));
});
afterEach(async () => {
  await log.close();
  rmSync(heads, { recursive: true, force: true });
});

const sealer = (store: EventStore) =>
  new Sealer({
    store,
    folder: heads,
    key: keys.privateKey,
    clock: () => new Date().toISOString(),
    exclusively: (folder, work) => withLock(`${folder}.lock`, work),
  });

const verified = (store: EventStore, headsIn = heads) =>
  verifyLog({ source: sourceOf(store), headsIn, keys: [keys.publicKey] });

/** Some streams that grow in turns, sealed three times, the last time at the very end. */
async function sealedHistory(store: EventStore): Promise<void> {
  const chained = new ChainedStore(store);
  const sealing = sealer(store);
  for (let round = 0; round < 9; round++) {
    for (let stream = 0; stream < 5; stream++) {
      const expected = round === 0 ? 'noStream' : BigInt(round * 2 - 1);
      await chained.append(`lead-${stream}`, expected, newEvents('LeadQualified', 2));
    }
    if (round % 3 === 2) await sealing.seal();
  }
}

const names = (finding: Finding, { id, stream, revision }: Subject) =>
  finding.id === id || (finding.stream === stream && finding.revision === revision);

it(
  'Whatever a database administrator does to the sealed log shows, and the event that it was done to is named',
  async () => {
    const chance = new Chance();
    await sealedHistory(log.store);
    const rows = await rowsOf(log.owner);
    const unseen: string[] = [];
    const unnamed: string[] = [];
    for (let n = 0; n < ATTACKS; n++) {
      const done = attack(attackNames[n % attackNames.length]!, rows, chance);
      await write(log.owner, done.rows, done.head);
      const { findings } = await verified(log.store);
      if (findings.length === 0) unseen.push(done.name);
      const named =
        done.about.length === 0 || findings.some(finding => done.about.some(event => names(finding, event)));
      if (!named) unnamed.push(`${done.name}: ${JSON.stringify([done.about, findings])}`);
    }
    await write(log.owner, rows);
    const untouched = await verified(log.store);
    report('tampering', chance, { attacks: ATTACKS, unseen: unseen.length, unnamed: unnamed.length });
    expect({ unseen, unnamed, untouched: untouched.findings }).toEqual({ unseen: [], unnamed: [], untouched: [] });
  },
  PATIENCE_MS,
);

it('Heads that somebody else signed, and heads of another past, are not taken for ours', async () => {
  await sealedHistory(log.store);
  const copy = mkdtempSync(join(tmpdir(), 'chronicle-forged-'));
  const forge = async (change: (heads: SignedTreeHead[]) => SignedTreeHead[]) => {
    rmSync(copy, { recursive: true });
    cpSync(heads, copy, { recursive: true });
    const file = join(SealFolder.in(copy)[0]!.path, 'heads.jsonl');
    const lines = readFileSync(file, 'utf8').trim().split('\n');
    const forged = change(lines.map(line => JSON.parse(line)));
    writeFileSync(file, forged.map(head => `${JSON.stringify(head)}\n`).join(''));
    return (await verified(log.store, copy)).findings.map(({ kind }) => kind);
  };
  const { privateKey: stranger } = generateKeyPairSync('ed25519');
  expect(await forge(all => all)).toEqual([]);
  expect(await forge(all => all.map(head => signHead(head, stranger)))).toEqual([
    'signature',
    'signature',
    'signature',
  ]);
  expect(await forge(all => all.map(head => ({ ...head, signedAt: '2020-01-01T00:00:00.000Z' })))).toHaveLength(3);
  const otherRoot = (head: SignedTreeHead) => signHead({ ...head, rootHash: head.log }, keys.privateKey);
  expect(await forge(([first, ...rest]) => [otherRoot(first!), ...rest])).toEqual(['head', 'head']);
  expect(await forge(([first, second, third]) => [first!, third!, second!])).toContain('head');
  rmSync(copy, { recursive: true });
});

it(
  'Nothing shows after thousands of appends that many processes made at once, while the log was being sealed',
  async () => {
    const chance = new Chance();
    const stores = [log.store, await log.open(), await log.open()];
    const processes = stores.map(store => new ChainedStore(store));
    const sealing = sealer(log.store);
    let appended = 0;
    const lane = async (n: number) => {
      while (appended < APPENDS) {
        const mine = ++appended;
        await appendSomewhere(processes[n % processes.length]!, chance);
        if (mine % 1_000 === 0) await sealing.seal();
      }
    };
    await Promise.all(Array.from({ length: 48 }, (_, n) => lane(n)));
    await sealing.seal();
    const { findings, events, heads, sealed } = await verified(log.store);
    report('no false alarm', chance, { appends: appended, events, heads, findings: findings.length });
    expect({ findings, sealed }).toEqual({ findings: [], sealed: events });
  },
  PATIENCE_MS,
);

/** On a stream that others append to at the same moment, sometimes with the same ids as somebody else, sometimes twice. */
async function appendSomewhere(store: EventStore, chance: Chance): Promise<void> {
  const stream = `lead-${chance.between(0, 200)}`;
  let expected: ExpectedRevision = 'noStream';
  for await (const { revision } of store.readStream(stream, { backwards: true, limit: 1 })) expected = revision;
  const events = newEvents('LeadQualified', chance.between(1, 3));
  const appends = chance.between(1, 2);
  for (let n = 0; n < appends; n++)
    await store.append(stream, expected, events).catch(error => {
      if (!(error instanceof WrongExpectedRevision)) throw error;
    });
}

it('Control: who verifies without the heads does not see that the end was cut off', async () => {
  await sealedHistory(log.store);
  const rows = await rowsOf(log.owner);
  const cut = attack('the end is cut off', rows, new Chance());
  await write(log.owner, cut.rows);
  const nowhere = join(heads, 'nowhere');
  expect((await verified(log.store, nowhere)).findings).toEqual([]);
  expect((await verified(log.store)).findings).not.toEqual([]);
});
