import { describe, expect, it } from '@jest/globals';
import type { NewEvent, RecordedEvent } from '#event-sourcing/event.js';
import { eventStoreContract } from '#event-store/contract/event-store.contract.js';
import { newEvent, newEvents } from '#event-store/contract/new-event.js';
import { all } from '#event-store/contract/opened-store.js';
import { openKurrentdbStore } from '#event-store/kurrentdb/kurrentdb-event-store.js';
import { MemoryEventStore } from '#event-store/memory/memory-event-store.js';
import { logUnderTest } from '#event-store/postgres/testing/log-under-test.js';
import { startEventStoreDouble } from '#test/eventstoredb/event-store-double.js';
import { ChainedStore } from './chained-store.js';
import { eventHash } from './event-hash.js';

eventStoreContract(
  'The chained log in memory',
  async () => {
    const store = new ChainedStore(new MemoryEventStore());
    return { store, close: () => store.close() };
  },
  { cuttable: false, adds: ['hash'] },
);

eventStoreContract(
  'The chained log in Postgres',
  async () => {
    const log = await logUnderTest();
    return { ...log, store: new ChainedStore(log.store) };
  },
  { adds: ['hash'] },
);

eventStoreContract(
  'The chained log in EventStoreDB, by a double that speaks its protocol,',
  async () => {
    const double = await startEventStoreDouble();
    const store = new ChainedStore(openKurrentdbStore(double.url));
    const close = () => store.close().then(() => double.close());
    return { store, cutConnections: double.cutConnections, close };
  },
  { adds: ['hash'] },
);

/** Whether every event carries its own hash and that of the one before it. */
function isChain(events: readonly RecordedEvent[]): boolean {
  return events.every(
    (event, at) =>
      event.metadata.hash === eventHash(event) &&
      event.metadata.previousHash === (at === 0 ? undefined : eventHash(events[at - 1]!)),
  );
}

const stories = {
  memory: async () => {
    const store = new MemoryEventStore();
    return { store, close: () => store.close() };
  },
  Postgres: () => logUnderTest(),
  EventStoreDB: async () => {
    const double = await startEventStoreDouble();
    const store = openKurrentdbStore(double.url);
    return { store, close: () => store.close().then(() => double.close()) };
  },
};

describe('Streams that are taken over together', () => {
  it('are chains in the order of the log, also where a process goes on that did not begin them', async () => {
    const { store: plain, close } = await logUnderTest();
    const append = (stream: string, expected: bigint | 'noStream', count: number) => ({
      stream,
      expected,
      events: newEvents('LeadCaptured', count),
    });
    await new ChainedStore(plain).append('lead-2', 'noStream', newEvents('LeadCaptured', 1));
    const store = new ChainedStore(plain);
    await store.appendTogether!([
      append('lead-1', 'noStream', 2),
      append('lead-2', 0n, 1),
      append('lead-1', 1n, 3),
      append('lead-3', 'noStream', 1),
      append('lead-2', 1n, 1),
    ]);
    await store.append('lead-1', 4n, newEvents('LeadCaptured', 1));
    await new ChainedStore(plain).appendTogether!([append('lead-1', 5n, 1), append('lead-3', 0n, 2)]);
    for (const [stream, length] of [
      ['lead-1', 7],
      ['lead-2', 3],
      ['lead-3', 3],
    ] as const) {
      const events = await all(store.readStream(stream));
      expect([stream, events.length, isChain(events)]).toEqual([stream, length, true]);
    }
    const late = store.appendTogether!([append('lead-4', 'noStream', 1), append('lead-1', 9n, 1)]);
    await expect(late).rejects.toMatchObject({ stream: 'lead-1', expected: 9n, actual: 6n });
    expect(await all(store.readStream('lead-4'))).toEqual([]);
    await close();
  });

  it('are possible where the store can do it', async () => {
    expect(new ChainedStore(new MemoryEventStore()).appendTogether).toBeUndefined();
  });
});

describe.each(Object.entries(stories))('A stream in %s', (_, open) => {
  it('is a chain, also over appends of several events that nobody waited for', async () => {
    const { store: plain, close } = await open();
    const store = new ChainedStore(plain);
    const appends = Array.from({ length: 20 }, (_, n) =>
      store.append('lead-1', n === 0 ? 'noStream' : BigInt(2 * n - 1), newEvents('LeadCaptured', 2)),
    );
    await Promise.all(appends);
    const events = await all(store.readStream('lead-1'));
    expect([events.length, isChain(events)]).toEqual([40, true]);
    await close();
  });

  it('stays a chain when several processes append to it', async () => {
    const { store: plain, close } = await open();
    const processes = [new ChainedStore(plain), new ChainedStore(plain), new ChainedStore(plain)];
    await processes[0]!.append('lead-1', 'noStream', newEvents('LeadCaptured', 1));
    for (let revision = 0n; revision < 20n; revision++) {
      const rivals = processes.map(store => store.append('lead-1', revision, [newEvent('LeadQualified', {})]));
      await Promise.allSettled(rivals);
    }
    const events = await all(plain.readStream('lead-1'));
    expect(events).toHaveLength(21);
    expect(isChain(events)).toBe(true);
    await close();
  });

  it('is chained to what is stored when another process wrote the same command at another time', async () => {
    const { store: plain, close } = await open();
    const [one, other] = [new ChainedStore(plain), new ChainedStore(plain)];
    const event = newEvent('LeadCaptured', {});
    const later: NewEvent = { ...event, recordedAt: '2026-03-01T09:00:00.000Z' };
    await one.append('lead-1', 'noStream', [event]);
    await other.append('lead-1', 'noStream', [later]);
    await other.append('lead-1', 0n, [newEvent('LeadQualified', {})]);
    const events = await all(plain.readStream('lead-1'));
    expect([events.length, isChain(events)]).toEqual([2, true]);
    await close();
  });

  it('goes on from what was just read of it, without a second reading', async () => {
    const { store: plain, close } = await open();
    await plain.append('lead-1', 'noStream', newEvents('LeadCaptured', 2)); // of before there were hashes
    const reads: string[] = [];
    const counting = Object.create(plain) as typeof plain;
    counting.readStream = (stream, options) => {
      reads.push(stream);
      return plain.readStream(stream, options);
    };
    for (const revision of [1n, 2n]) {
      const store = new ChainedStore(counting);
      expect(await all(store.readStream('lead-1'))).toHaveLength(Number(revision) + 1);
      await store.append('lead-1', revision, [newEvent('LeadConverted', {})]);
    }
    expect(reads).toEqual(['lead-1', 'lead-1']);
    const events = await all(plain.readStream('lead-1'));
    expect(events.slice(1).map(({ metadata }) => metadata.previousHash)).toEqual([
      undefined,
      ...events.slice(1, -1).map(eventHash),
    ]);
    await close();
  });

  it('is chained to what won when an append loses that another one was waiting for', async () => {
    const { store: plain, close } = await open();
    const [store, rival] = [new ChainedStore(plain), new ChainedStore(plain)];
    await store.append('lead-1', 'noStream', [newEvent('LeadCaptured', {})]);
    await rival.append('lead-1', 0n, [newEvent('LeadQualified', {})]);
    const loser = store.append('lead-1', 0n, [newEvent('LeadDisqualified', {})]);
    const next = store.append('lead-1', 1n, [newEvent('LeadConverted', {})]);
    await expect(loser).rejects.toMatchObject({ name: 'WrongExpectedRevision', actual: 1n });
    await next;
    const events = await all(plain.readStream('lead-1'));
    expect([events.map(({ type }) => type), isChain(events)]).toEqual([
      ['LeadCaptured', 'LeadQualified', 'LeadConverted'],
      true,
    ]);
    await close();
  });
});
