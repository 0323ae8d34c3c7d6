import { expect, it } from '@jest/globals';
import type { NewEvent } from '#event-sourcing/event.js';
import { type EventStore, type ExpectedRevision, WrongExpectedRevision } from '#event-sourcing/event-store.js';
import { newEvents } from './new-event.js';
import { all, aStream, aType, eventsOf, followUntil, idsOf, type Subject } from './opened-store.js';

/** A connection that breaks may take the answer with it: the writer repeats the same events until it has one. */
async function appendStubbornly(store: EventStore, stream: string, expected: ExpectedRevision, events: NewEvent[]) {
  for (;;) {
    try {
      return await store.append(stream, expected, events);
    } catch (error) {
      if (error instanceof WrongExpectedRevision) throw error;
      await new Promise(resolve => setTimeout(resolve, 20));
    }
  }
}

/** Ending a follower, by will. */
export function abortContract(subject: Subject): void {
  it('ends a follower who waits, without an error', async () => {
    const { store } = subject();
    const after = await store.head();
    const stop = new AbortController();
    const waiting = all(store.follow({ after, types: [aType()], signal: stop.signal }));
    const beside = await store.append(aStream(), 'noStream', newEvents(aType(), 1));
    stop.abort();
    for (const page of await waiting) expect([page.events, page.upTo <= beside.position]).toEqual([[], true]);
  });

  it('delivers nothing after the abort, also in the middle of a page', async () => {
    const { store } = subject();
    const type = aType();
    await store.append(aStream(), 'noStream', newEvents(type, 30));
    const pages = await followUntil(store, { types: [type], pageSize: 10 }, () => true);
    expect(pages).toHaveLength(1);
    expect(await all(store.follow({ signal: AbortSignal.abort() }))).toEqual([]);
  });

  it('ends a follower who leaves the loop, while catching up and live', async () => {
    const { store } = subject();
    const type = aType();
    const { position } = await store.append(aStream(), 'noStream', newEvents(type, 3));
    for await (const page of store.follow({ types: [type], pageSize: 2 })) if (page.events.length) break;
    const live = (async () => {
      for await (const page of store.follow({ after: position, types: [type] })) if (page.events.length) break;
    })();
    await store.append(aStream(), 'noStream', newEvents(type, 1));
    await live;
  });
}

/** Ending a connection, by accident. */
export function reconnectContract(subject: Subject, cuttable: boolean): void {
  const test = cuttable ? it : it.skip;

  test('follows on without gap or repeat when connections break, again and again', async () => {
    const { store, cutConnections } = subject();
    if (!cutConnections) throw new Error('This store opens without cutConnections: say { cuttable: false } to skip.');
    const [stream, type] = [aStream(), aType()];
    const rounds = 6;
    await store.append(stream, 'noStream', newEvents(type, 10));
    const after = 0n;
    let round = 0;
    const following = followUntil(store, { after, types: [type], pageSize: 6 }, async events => {
      if (events.length < 10 * (round + 1)) return false;
      if (round === rounds) return true;
      const last = BigInt(10 * ++round - 1);
      await cutConnections();
      await appendStubbornly(store, stream, last, newEvents(type, 10));
      if (round % 2) await cutConnections();
      return false;
    });
    const delivered = idsOf(eventsOf(await following));
    expect(delivered).toHaveLength(10 * (rounds + 1));
    expect(delivered).toEqual(idsOf(await all(store.readStream(stream))));
  });

  test('writes once what is repeated because connections break under it', async () => {
    const { store, cutConnections } = subject();
    if (!cutConnections) throw new Error('This store opens without cutConnections: say { cuttable: false } to skip.');
    const [streams, type] = [Array.from({ length: 8 }, aStream), aType()];
    const write = async (stream: string) => {
      for (let n = 0; n < 10; n++)
        await appendStubbornly(store, stream, n === 0 ? 'noStream' : BigInt(n - 1), newEvents(type, 1));
    };
    const writing = streams.map(write);
    await cutConnections();
    await writing[0];
    await cutConnections();
    await Promise.all(writing);
    for (const stream of streams) {
      const revisions = await appendStubbornly(store, stream, 9n, newEvents(type, 1));
      expect(revisions.revision).toBe(10n);
    }
  });
}
