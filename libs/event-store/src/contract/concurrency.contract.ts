import { expect, it } from '@jest/globals';
import type { EventStore } from '#event-sourcing/event-store.js';
import { newEvents } from './new-event.js';
import { all, aStream, aType, eventsOf, type Subject } from './opened-store.js';

const APPENDERS = 64;
const ROUNDS = 5;
const PER_APPEND = 3;

/** One writer with a stream of its own; the positions it was answered, in order. */
async function fill(store: EventStore, stream: string, type: string): Promise<bigint[]> {
  const positions: bigint[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const expected = round === 0 ? 'noStream' : BigInt(round * PER_APPEND - 1);
    const { position, revision } = await store.append(stream, expected, newEvents(type, PER_APPEND));
    expect(revision).toBe(BigInt((round + 1) * PER_APPEND - 1));
    positions.push(position);
  }
  return positions;
}

/** What holds while many write at once. */
export function concurrencyContract(subject: Subject): void {
  it('keeps the log in one order and each stream contiguous while 64 writers append', async () => {
    const { store } = subject();
    const type = aType();
    const streams = Array.from({ length: APPENDERS }, aStream);
    const answered = await Promise.all(streams.map(stream => fill(store, stream, type)));

    const log = eventsOf(await all(store.readAll({ types: [type], pageSize: 100 })));
    expect(log).toHaveLength(APPENDERS * ROUNDS * PER_APPEND);
    for (let i = 1; i < log.length; i++) expect(log[i]!.position > log[i - 1]!.position).toBe(true);

    const expectedRevisions = Array.from({ length: ROUNDS * PER_APPEND }, (_, revision) => BigInt(revision));
    for (const [index, stream] of streams.entries()) {
      const own = log.filter(event => event.stream === stream);
      expect(own.map(event => event.revision)).toEqual(expectedRevisions);
      const lastOfAppends = own.filter((_, at) => at % PER_APPEND === PER_APPEND - 1);
      expect(lastOfAppends.map(event => event.position)).toEqual(answered[index]);
    }
  });

  it('shows an append whole or not at all, and nothing between its events', async () => {
    const { store } = subject();
    const type = aType();
    const streams = Array.from({ length: 8 }, aStream);
    let writing = true;
    const writers = Promise.all(streams.map(stream => fill(store, stream, type))).finally(() => {
      writing = false;
    });
    while (writing)
      for (const stream of streams) {
        const [last] = await all(store.readStream(stream, { backwards: true, limit: 1 }));
        if (last) expect((last.data as { n: number }).n).toBe(PER_APPEND - 1);
      }
    await writers;
    const log = eventsOf(await all(store.readAll({ types: [type] })));
    const appends = Array.from({ length: log.length / PER_APPEND }, (_, i) =>
      log.slice(i * PER_APPEND, (i + 1) * PER_APPEND),
    );
    for (const append of appends) {
      expect(new Set(append.map(event => event.stream)).size).toBe(1);
      expect(append.map(event => event.data)).toEqual([{ n: 0 }, { n: 1 }, { n: 2 }]);
    }
  });
}
