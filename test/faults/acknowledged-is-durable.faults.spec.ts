import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import pg from 'pg';
import type { NewEvent, Position } from '#event-sourcing/event.js';
import type { EventStore, ExpectedRevision } from '#event-sourcing/event-store.js';
import { newEvents } from '#event-store/contract/new-event.js';
import { all, eventsOf } from '#event-store/contract/opened-store.js';
import { openPostgresStore } from '#event-store/postgres/postgres-event-store.js';
import { OwnPostgres } from './own-postgres.js';
import { Chance, PATIENCE_MS, report, trials } from './trials.js';

const KILLS = trials({ short: 3, full: 200 });
const WRITERS = 32;

let postgres: OwnPostgres;
let store: EventStore | undefined;
beforeAll(async () => {
  postgres = await OwnPostgres.start();
});
afterEach(async () => {
  await store?.close();
});
afterAll(() => postgres?.remove());

it(
  'What was acknowledged is in the log after all processes of Postgres were killed under load, and what was not can be repeated',
  async () => {
    const chance = new Chance();
    store = await openPostgresStore(postgres.url);
    const writers = someWriters('lead');
    const acknowledged = new Map<string, Position>();
    let repeated = 0;
    for (let kill = 0; kill < KILLS; kill++) {
      await writeUntilKilled(store, writers, acknowledged, chance.between(20, 250));
      repeated += writers.filter(({ pending }) => pending).length;
      await postgres.start();
    }
    const total = { kills: KILLS, repeated, acknowledged: acknowledged.size, ...(await compare(store, acknowledged)) };
    report('acknowledged is durable', chance, total);
    expect(total).toMatchObject({ lost: 0, duplicates: 0, gaps: 0 });
    expect(total.acknowledged).toBeGreaterThan(KILLS);
  },
  PATIENCE_MS,
);

it('Control: with synchronous_commit = off a kill takes acknowledged events with it', async () => {
  store = await openPostgresStore(postgres.url);
  // Afterwards, because the store refuses to open on such a database; its writer connects at the first append.
  await execute('alter database chronicle set synchronous_commit = off');
  let lost = 0;
  // A kill may meet the moment in which everything has just been written.
  for (let attempt = 0; lost === 0 && attempt < 5; attempt++) {
    const acknowledged = new Map<string, Position>();
    await writeUntilKilled(store, someWriters(`lead-${attempt}`), acknowledged, 100);
    await postgres.start();
    lost = (await compare(store, acknowledged)).lost;
  }
  await execute('alter database chronicle reset synchronous_commit');
  expect(lost).toBeGreaterThan(0);
});

/** One after the other on a stream of its own; `pending` is what it does not know the fate of. */
interface WriterState {
  readonly stream: string;
  expected: ExpectedRevision;
  pending?: NewEvent[] | undefined;
}

const someWriters = (name: string): WriterState[] =>
  Array.from({ length: WRITERS }, (_, n) => ({ stream: `${name}-${n}`, expected: 'noStream' }));

/** All write, first of all what was pending, until the server is killed. Notes the positions at which events were acknowledged. */
async function writeUntilKilled(
  store: EventStore,
  writers: readonly WriterState[],
  acknowledged: Map<string, Position>,
  milliseconds: number,
): Promise<void> {
  const write = async (writer: WriterState) => {
    for (;;) {
      writer.pending ??= newEvents('LeadCaptured', 2);
      const { revision, position } = await store.append(writer.stream, writer.expected, writer.pending);
      for (const [n, { id }] of writer.pending.entries()) acknowledged.set(id, position - 1n + BigInt(n));
      writer.expected = revision;
      writer.pending = undefined;
    }
  };
  const writing = Promise.allSettled(writers.map(write));
  await sleep(milliseconds);
  await postgres.kill();
  for (const { reason } of (await writing) as PromiseRejectedResult[])
    if (reason.name === 'WrongExpectedRevision') throw reason;
}

/** The whole log beside what was acknowledged: an event that was lost is not there, or others stand where it stood. */
async function compare(store: EventStore, acknowledged: ReadonlyMap<string, Position>) {
  const events = eventsOf(await all(store.readAll()));
  const stored = new Map(events.map(({ id, position }) => [id, position]));
  return {
    lost: [...acknowledged].filter(([id, position]) => stored.get(id) !== position).length,
    duplicates: events.length - stored.size,
    gaps: events.filter(({ position }, at) => position !== BigInt(at + 1)).length,
  };
}

async function execute(statement: string): Promise<void> {
  const client = new pg.Client(postgres.url);
  await client.connect();
  await client.query(statement);
  await client.end();
}
