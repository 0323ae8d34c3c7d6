import { randomBytes, randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { EventStore } from '#event-sourcing/event-store.js';
import { eventStoreContract } from '../contract/event-store.contract.js';
import { newEvent, newEvents } from '../contract/new-event.js';
import { all, eventsOf } from '../contract/opened-store.js';
import { type LogUnderTest, logUnderTest, waitingForLock } from './testing/log-under-test.js';

eventStoreContract('The log in Postgres', () => logUnderTest());

const event = () => newEvent('LeadCaptured', {});
/** Longer than an entry of an index may be, also when compressed: Postgres refuses it, we don't check it. */
const unstorable = () => randomBytes(4_000).toString('hex');

/** Positions that `writers` got for `rounds` appends each, one after the other, every writer on a stream of its own. */
async function appendInTurn(store: EventStore, writers: number, rounds: number): Promise<bigint[]> {
  const write = async () => {
    const stream = `lead-${randomUUID()}`;
    const positions: bigint[] = [];
    for (let n = 0; n < rounds; n++) {
      const { position } = await store.append(stream, n === 0 ? 'noStream' : BigInt(n - 1), [event()]);
      positions.push(position);
    }
    return positions;
  };
  return (await Promise.all(Array.from({ length: writers }, write))).flat();
}

describe('Appending to the log in Postgres', () => {
  let log: LogUnderTest;
  beforeEach(async () => {
    log = await logUnderTest();
  });
  afterEach(() => log.close());

  it('numbers all events without a gap, though several processes write at once and some of them lose', async () => {
    const stores = [log.store, await log.open(), await log.open()];
    const contested = Array.from({ length: 20 }, () => `lead-${randomUUID()}`);
    const contests = contested.flatMap(stream => stores.map(store => store.append(stream, 'noStream', [event()])));
    const [outcomes, ...answers] = await Promise.all([
      Promise.allSettled(contests),
      ...stores.map(store => appendInTurn(store, 10, 10)),
    ]);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(contested.length);
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ actual: 0n });

    const read = eventsOf(await all(log.store.readAll())).map(({ position }) => position);
    expect(read).toEqual(Array.from({ length: 320 }, (_, n) => BigInt(n + 1)));
    expect(new Set(answers.flat()).size).toBe(300);
    expect(await log.store.head()).toBe(320n);
  });

  it('lets writers wait for each other, also in a database whose sessions are serializable', async () => {
    const name = new URL(log.url).pathname.slice(1);
    await log.owner.query(`alter database ${name} set default_transaction_isolation = serializable`);
    const stores = [await log.open(), await log.open()];
    await Promise.all(stores.map(store => appendInTurn(store, 10, 10)));
    expect(await log.store.head()).toBe(200n);
  });

  it('takes several appends to one stream that nobody waited for', async () => {
    const appends = Array.from({ length: 50 }, (_, n) =>
      log.store.append('lead-1', n === 0 ? 'noStream' : BigInt(2 * n - 1), newEvents('LeadCaptured', 2)),
    );
    const answers = await Promise.all(appends);
    expect(answers.map(({ revision }) => revision)).toEqual(answers.map((_, n) => BigInt(2 * n + 1)));
    expect(answers.map(({ position }) => position)).toEqual(answers.map((_, n) => BigInt(2 * n + 2)));
  });

  it('reports a conflict to its caller alone, and stores everything else that was asked at the same time', async () => {
    await log.store.append('lead-1', 'noStream', [event()]);
    const others = Array.from({ length: 20 }, (_, n) => log.store.append(`lead-other-${n}`, 'noStream', [event()]));
    const loser = log.store.append('lead-1', 'noStream', [event()]);
    const follower = log.store.append('lead-1', 0n, [event()]);
    await expect(loser).rejects.toMatchObject({ name: 'WrongExpectedRevision', expected: 'noStream' });
    await expect(follower).resolves.toMatchObject({ revision: 1n });
    expect(await Promise.all(others)).toHaveLength(20);
    expect(await log.store.head()).toBe(22n);
  });

  it('reports what Postgres refuses to its caller alone', async () => {
    const appends = ['lead-1', unstorable(), 'lead-2'].map(stream => log.store.append(stream, 'noStream', [event()]));
    const outcomes = await Promise.allSettled(appends);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(eventsOf(await all(log.store.readAll())).map(({ stream }) => stream)).toEqual(['lead-1', 'lead-2']);
  });

  it('notices who wrote to the stream while it waited for its turn, and stores the rest of the batch', async () => {
    const { owner, store } = log;
    await owner.query('begin');
    await owner.query('update event_store.head set position = position + 1');
    await owner.query(
      `insert into event_store.events values (1, 0, now(), $1, 'lead-1', 'LeadCaptured', '2026-03-01T08:00:00.000Z', '{}', '{}')`,
      [randomUUID()],
    );
    const late = store.append('lead-1', 'noStream', [event()]);
    const beside = store.append('lead-2', 'noStream', [event()]);
    await waitingForLock(owner, 1);
    await owner.query('commit');
    await expect(late).rejects.toMatchObject({ name: 'WrongExpectedRevision', actual: 0n });
    expect(await beside).toEqual({ revision: 0n, position: 2n });
  });

  it('stores an append once whose connection broke while it waited for its turn', async () => {
    const { owner, store } = log;
    await owner.query('begin');
    await owner.query('select from event_store.head for update');
    const append = store.append('lead-1', 'noStream', newEvents('LeadCaptured', 2));
    await waitingForLock(owner, 1);
    await log.cutConnections();
    await owner.query('commit');
    expect(await append).toEqual({ revision: 1n, position: 2n });
    expect(await store.head()).toBe(2n);
  });

  it('finishes what was asked before it is closed, and refuses what comes later', async () => {
    const appends = Array.from({ length: 100 }, (_, n) => log.store.append(`lead-${n}`, 'noStream', [event()]));
    await log.store.close();
    expect(await Promise.all(appends)).toHaveLength(100);
    await expect(log.store.append('lead-late', 'noStream', [event()])).rejects.toThrow('closed');
  });

  it('gives a follower the appends of another process without waiting for the next poll', async () => {
    const follower = await log.open({ pollEvery: 600_000 });
    const live = follower.follow({})[Symbol.asyncIterator]();
    for (let n = 0; n < 3; n++) {
      const next = live.next();
      const { position } = await log.store.append(`lead-${n}`, 'noStream', [event()]);
      expect((await next).value.upTo).toBe(position);
    }
  });

  it('gives a follower by polling what nobody announced', async () => {
    const follower = await log.open({ pollEvery: 20 });
    const live = follower.follow({})[Symbol.asyncIterator]();
    const next = live.next();
    await log.owner.query(
      `with head as (update event_store.head set position = 1)
       insert into event_store.events values (1, 0, now(), $1, 'lead-1', 'LeadCaptured', '2026-03-01T08:00:00.000Z', '{}', '{}')`,
      [randomUUID()],
    );
    expect((await next).value.events).toHaveLength(1);
  });

  it('ends its followers when it is closed', async () => {
    const following = all(log.store.follow({}));
    await log.store.append('lead-1', 'noStream', [event()]);
    await log.store.close();
    expect((await following).length).toBeLessThanOrEqual(1);
  });
});
