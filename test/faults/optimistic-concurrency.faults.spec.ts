import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { type EventStore, type ExpectedRevision, WrongExpectedRevision } from '#event-sourcing/event-store.js';
import { newEvent } from '#event-store/contract/new-event.js';
import { all } from '#event-store/contract/opened-store.js';
import { type LogUnderTest, logUnderTest } from '#event-store/postgres/testing/log-under-test.js';
import { Chance, PATIENCE_MS, report, trials } from './trials.js';

const CLIENTS = 16;
const STORES = 4;
const ROUNDS = trials({ short: 200, full: 1_000 });

let log: LogUnderTest;
beforeEach(async () => {
  log = await logUnderTest();
});
afterEach(() => log.close());

/** Each is like a process of its own: a connection, a queue of appends, and no knowledge of the others. */
const separateStores = () => Promise.all(Array.from({ length: STORES }, () => log.open()));

it(
  'Of 16 clients that decide on the same revision one wins, round after round, and the stream has no gap',
  async () => {
    const chance = new Chance();
    const outcome = await contest(await separateStores(), ROUNDS, chance);
    report('optimistic concurrency', chance, { clients: CLIENTS, ...outcome });
    expect(outcome).toEqual({ rounds: ROUNDS, winners: ROUNDS, wrongRounds: 0, wrongRefusals: 0, misplaced: 0 });
  },
  PATIENCE_MS,
);

it('Control: where the expected revision is ignored, several clients believe that they have won', async () => {
  const careless = (await separateStores()).map(ignoringRevisions);
  const outcome = await contest(careless, 2, new Chance());
  expect(outcome.wrongRounds).toBe(2);
  expect(outcome.winners).toBeGreaterThan(2);
});

/**
 * All clients append at the revision that they saw, wait for each other, and begin again.
 * Counts rounds without exactly one winner, refusals that name another revision than the winner's, and events of winners that
 * are not where they were acknowledged.
 */
async function contest(stores: readonly EventStore[], rounds: number, chance: Chance) {
  const stream = 'opportunity-contested';
  const acknowledged = new Map<bigint, string>();
  const outcome = { rounds, winners: 0, wrongRounds: 0, wrongRefusals: 0, misplaced: 0 };
  let expected: ExpectedRevision = 'noStream';
  for (let round = 0; round < rounds; round++) {
    const answers = await Promise.all(
      Array.from({ length: CLIENTS }, (_, client) => attempt(stores[client % STORES]!, stream, expected, chance)),
    );
    const winners = answers.filter((answer): answer is Won => 'revision' in answer);
    for (const { revision, ids } of winners)
      for (const [at, id] of ids.entries()) acknowledged.set(revision - BigInt(ids.length - 1 - at), id);
    const last: ExpectedRevision = winners.at(-1)?.revision ?? expected;
    outcome.winners += winners.length;
    if (winners.length !== 1) outcome.wrongRounds++;
    outcome.wrongRefusals += answers.filter(answer => 'actual' in answer && answer.actual !== last).length;
    expected = last;
  }
  const stored = await all(stores[0]!.readStream(stream));
  outcome.misplaced = stored.filter(
    ({ id, revision }, at) => revision !== BigInt(at) || acknowledged.get(revision) !== id,
  ).length;
  outcome.misplaced += Math.abs(acknowledged.size - stored.length);
  return outcome;
}

type Won = { readonly revision: bigint; readonly ids: readonly string[] };
type Lost = { readonly actual: ExpectedRevision };

/** One to three events, a few turns of the event loop sooner or later. */
async function attempt(
  store: EventStore,
  stream: string,
  expected: ExpectedRevision,
  chance: Chance,
): Promise<Won | Lost> {
  const events = Array.from({ length: chance.between(1, 3) }, (_, n) => newEvent('StageAdvanced', { n }));
  for (let turns = chance.between(0, 3); turns > 0; turns--) await new Promise(resolve => setImmediate(resolve));
  try {
    const { revision } = await store.append(stream, expected, events);
    return { revision, ids: events.map(({ id }) => id) };
  } catch (error) {
    if (error instanceof WrongExpectedRevision) return { actual: error.actual };
    throw error;
  }
}

/** Appends wherever the stream ends: what a store does that has no revisions. */
function ignoringRevisions(store: EventStore): EventStore {
  const careless = Object.create(store) as EventStore;
  careless.append = async (stream, _expected, events) => {
    for (;;) {
      const [last] = await all(store.readStream(stream, { backwards: true, limit: 1 }));
      try {
        return await store.append(stream, last?.revision ?? 'noStream', events);
      } catch (error) {
        if (!(error instanceof WrongExpectedRevision)) throw error;
      }
    }
  };
  return careless;
}
