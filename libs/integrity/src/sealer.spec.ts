import { generateKeyPairSync } from 'node:crypto';
import { appendFileSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { EventStore } from '#event-sourcing/event-store.js';
import { newEvent, newEvents } from '#event-store/contract/new-event.js';
import { all } from '#event-store/contract/opened-store.js';
import { MemoryEventStore } from '#event-store/memory/memory-event-store.js';
import { ChainedStore } from './chained-store.js';
import { eventHash } from './event-hash.js';
import { Frontier } from './merkle-tree.js';
import { SealFolder } from './seal-folder.js';
import { Sealer } from './sealer.js';
import { signingKey } from './signing-key.js';
import { isSignedBy } from './tree-head.js';
import { sourceOf, verifyLog } from './verify-log.js';

const keys = generateKeyPairSync('ed25519');
let folder: string;
let store: EventStore;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chronicle-sealer-'));
  store = new ChainedStore(new MemoryEventStore());
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const sealer = (of: EventStore = store) =>
  new Sealer({
    store: of,
    folder,
    key: keys.privateKey,
    clock: () => '2026-03-01T08:00:00.000Z',
    exclusively: (_, work) => work(),
  });

const verified = () => verifyLog({ source: sourceOf(store), headsIn: folder, keys: [keys.publicKey] });
const own = () => SealFolder.in(folder)[0]!;

describe('the sealer', () => {
  it('signs the root of the tree over all events, and nothing for an empty log', async () => {
    expect(await sealer().seal()).toBeUndefined();
    await store.append('lead-1', 'noStream', newEvents('LeadCaptured', 5));
    const events = await all(store.readStream('lead-1'));
    const tree = new Frontier();
    for (const event of events) tree.add(eventHash(event));
    const head = (await sealer().seal())!;
    expect(head).toMatchObject({ size: 5, rootHash: tree.root(), last: { stream: 'lead-1', revision: 4 } });
    expect(isSignedBy(head, [keys.publicKey])).toBe(true);
    expect(isSignedBy({ ...head, size: 4 }, [keys.publicKey])).toBe(false);
    expect(isSignedBy(head, [generateKeyPairSync('ed25519').publicKey])).toBe(false);
  });

  it('writes a head only when something was appended, and goes on as another process', async () => {
    await store.append('lead-1', 'noStream', newEvents('LeadCaptured', 3));
    const first = sealer();
    await first.seal();
    expect((await first.seal())?.size).toBe(3);
    await store.append('lead-2', 'noStream', newEvents('LeadCaptured', 4));
    expect((await sealer().seal())?.size).toBe(7);
    await store.append('lead-3', 'noStream', newEvents('LeadCaptured', 1));
    expect((await first.seal())?.size).toBe(8);
    expect((await all(own().heads())).map(({ size }) => size)).toEqual([3, 7, 8]);
    expect(await verified()).toMatchObject({ events: 8, sealed: 8, heads: 3, findings: [] });
  });

  it('goes on behind the last whole head after a crash in the middle of writing', async () => {
    await store.append('lead-1', 'noStream', newEvents('LeadCaptured', 3));
    const { size } = (await sealer().seal())!;
    own().addRecords(size, [{ id: '00000000-0000-4000-8000-000000000000', hash: eventHash(await firstOf('lead-1')) }]);
    appendFileSync(join(own().path, 'heads.jsonl'), '{"format":"chronicle-tree-head-1","si');
    expect(own().lastHead()?.size).toBe(3);
    await store.append('lead-2', 'noStream', newEvents('LeadCaptured', 1));
    await sealer().seal();
    expect((await all(own().heads())).map(head => head.size)).toEqual([3, 4]);
    expect((await verified()).findings).toEqual([]);
  });

  it('signs nothing when the last sealed event is gone, or another one stands first', async () => {
    await store.append('lead-1', 'noStream', newEvents('LeadCaptured', 3));
    await sealer().seal();
    const shorter = new MemoryEventStore();
    const kept = (await all(store.readStream('lead-1'))).slice(0, 2);
    const content = kept.map(({ id, type, recordedAt, data, metadata }) => ({ id, type, recordedAt, data, metadata }));
    await shorter.append('lead-1', 'noStream', content);
    await expect(sealer(shorter).seal()).rejects.toThrow('Revision 2 of lead-1, which was sealed, is not in the log');
    const other = new MemoryEventStore();
    await other.append('lead-1', 'noStream', [newEvent('LeadCaptured', {})]);
    await expect(sealer(other).seal()).rejects.toThrow('another log');
    expect(own().lastHead()?.size).toBe(3);
  });

  it('covers events of before there were hashes, and says how many no chain covers', async () => {
    const plain = new MemoryEventStore();
    await plain.append('lead-1', 'noStream', newEvents('LeadCaptured', 2));
    store = new ChainedStore(plain);
    await store.append('lead-1', 1n, newEvents('LeadQualified', 2));
    await store.append('lead-2', 'noStream', newEvents('LeadCaptured', 1));
    await sealer().seal();
    expect(await verified()).toMatchObject({ events: 5, unchained: 2, sealed: 5, findings: [] });
    await plain.append('lead-2', 0n, newEvents('LeadQualified', 1));
    expect((await verified()).findings).toMatchObject([{ kind: 'unchained', stream: 'lead-2', revision: 1 }]);
  });
});

async function firstOf(stream: string) {
  const [event] = await all(store.readStream(stream));
  return event!;
}

describe('the signing key', () => {
  it('is made once, for the eyes of its owner only', () => {
    const file = join(folder, 'keys', 'seal.pem');
    const key = signingKey(file);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(signingKey(file).equals(key)).toBe(true);
  });
});
