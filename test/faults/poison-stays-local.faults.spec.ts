import { isDeepStrictEqual } from 'node:util';
import { beforeAll, expect, it } from '@jest/globals';
import { Registry } from 'prom-client';
import { addGauges } from '#apps/api/src/gauges.js';
import { runDemo } from '#apps/demo/src/run-demo.js';
import { AppendWatch } from '#apps/system/src/append-watch.js';
import { ProjectionsWatch } from '#apps/system/src/projections-watch.js';
import type { RecordedEvent } from '#event-sourcing/event.js';
import type { Projection } from '#event-sourcing/projection.js';
import { MemoryEventStore } from '#event-store/memory/memory-event-store.js';
import { type Database, openDatabase } from '#projections/database.js';
import { retryDeadLetters } from '#projections/dead-letters.js';
import { digest } from '#projections/digest.js';
import { foldInMemory } from '#projections/fold-in-memory.js';
import { prepare } from '#projections/prepare.js';
import { runProjections } from '#projections/projector.js';
import { rebuild } from '#projections/rebuild.js';
import { projectionStatus } from '#projections/status.js';
import { silent } from '#projections/testing/engine.js';
import { waitForPosition } from '#projections/wait.js';
import { directory } from '#read-models/directory/directory.projection.js';
import { funnel } from '#read-models/funnel/funnel.projection.js';
import { rfm } from '#read-models/rfm/rfm.projection.js';
import { salesDaily } from '#read-models/sales-daily/sales-daily.projection.js';
import { testDatabase } from '../support/postgres.js';
import { type Bug, POISONED, poisoned, type Waiting, waitingOf } from './poisoned.js';
import { logOf } from './restored.js';
import { Chance, PATIENCE_MS, report, sumOf, trials } from './trials.js';

const TRIALS = trials({ short: 6, full: 60 });
const timeZone = 'Asia/Shanghai';
const FOLLOWED: readonly Projection[] = [directory, funnel, rfm, salesDaily];
const POISON_SHARE = 1 / 1_000;
const ENOUGH_MS = 60_000;

let log: readonly RecordedEvent[];
/** What each projection holds when it is built from the whole log by the correct definition. */
const healthy = new Map<string, unknown>();
beforeAll(async () => {
  const store = new MemoryEventStore();
  await runDemo({ store, timeZone, seed: 13, opportunities: 250, until: Date.parse('2026-03-01T00:00:00Z') });
  log = await logOf(store);
  await onDatabase(async database => {
    for (const projection of FOLLOWED) {
      await rebuild({ store, database, projection, timeZone, log: silent });
      healthy.set(projection.name, await digest(database, projection));
    }
  });
}, PATIENCE_MS);

it(
  'An event that a fold chokes on holds up its own row alone; once the fold is mended, all is as if nothing had been',
  async () => {
    const chance = new Chance();
    const outcomes: Outcome[] = [];
    // Once among the lists, and often: there a row is made by many events, so that some certainly wait.
    outcomes.push(await fallIll(chance, 'throws', 10 * POISON_SHARE, [directory]));
    while (outcomes.length < TRIALS) outcomes.push(await fallIll(chance, 'throws', POISON_SHARE));
    const outcome = sumOf(outcomes);
    report('poison stays local', chance, { events: log.length, trials: TRIALS, ...outcome });
    expect(outcome).toMatchObject({ wrongLetters: 0, wrongRows: 0, unnoticed: 0, left: 0, differing: 0 });
    expect(outcome.poisonous).toBeGreaterThanOrEqual(TRIALS);
    expect(outcome.waited).toBeGreaterThan(0);
  },
  PATIENCE_MS,
);

it('Control: who skips a poisoned event and goes on with the row is told apart from a rebuild', async () => {
  // Of the lists, because there a row is made by many events: what is skipped shows in what comes later.
  const outcome = await fallIll(new Chance(), 'skips', 10 * POISON_SHARE, [directory]);
  expect(outcome.differing).toBe(1);
  expect(outcome.wrongLetters).toBe(1);
  expect(outcome.wrongRows).toBeGreaterThan(0);
  expect(outcome.unnoticed).toBe(2);
});

it(
  'An event whose time is none holds up the rows that are made of its day alone',
  async () => {
    const outcome = await meetUntimely(new Chance(), event => ({
      ...event,
      metadata: { ...event.metadata, occurredAt: 'not a time' },
    }));
    expect(outcome).toEqual({ wrongLetters: 0, wrongRows: 0, behind: 0 });
  },
  PATIENCE_MS,
);

it('Control: an event that is taken in although its time should be none is noticed', async () => {
  expect(await meetUntimely(new Chance(), event => event)).toEqual({ wrongLetters: 3, wrongRows: 3, behind: 0 });
});

/** Tables that ask for the day on which an event of a type happened; others know only the days that stand in its data. */
const ASK: Readonly<Record<string, readonly string[]>> = {
  StageAdvanced: ['directory.opportunities', 'funnel.opportunities'],
  LeadCaptured: ['directory.leads', 'salesDaily.facts'],
};

/** Projectors meet one event of each of these types that was made untimely, in the first half of the log. */
async function meetUntimely(chance: Chance, untimely: (event: RecordedEvent) => RecordedEvent) {
  const early = log.slice(0, log.length / 2);
  const ids = new Set(Object.keys(ASK).map(asked => chance.pick(early.filter(({ type }) => type === asked)).id));
  const met = log.map(event => (ids.has(event.id) ? untimely(event) : event));
  const store = new MemoryEventStore();
  const outcome = { wrongLetters: 0, wrongRows: 0, behind: 0 };
  await onDatabase(async database => {
    await whileProjecting(store, database, FOLLOWED, () => grow(store, met));
    for (const projection of FOLLOWED) {
      const waiting = projection.tables.rows.flatMap(table => {
        const asks = ({ id, type }: RecordedEvent) => ids.has(id) && ASK[type]!.includes(table.path);
        return waitingOf({ ...projection, tables: { rows: [table], logs: [], totals: [] } }, met, asks);
      });
      const found = await lettersIn(database, projection);
      if (!isDeepStrictEqual(positionsOf(found), positionsOf(waiting))) outcome.wrongLetters++;
      outcome.wrongRows += (await wrongRows(database, projection, met, waiting)) > 0 ? 1 : 0;
    }
    const status = await projectionStatus(database, store, () => new Date().toISOString());
    outcome.behind = status.filter(({ lagEvents, lastError }) => lagEvents !== 0 || lastError !== null).length;
  });
  return outcome;
}

const positionsOf = (waiting: readonly Waiting[]) =>
  waiting.map(({ table, key, position }) => ({ table, key, position }));

/** All but the first two and the number of letters replayed are 0 when everything is as promised. */
type Outcome = {
  /** Rows that a poisoned event stopped, and events that waited behind them. */
  poisonous: number;
  waited: number;
  replayed: number;
  /** Whether other events waited, or in another order, than those of the ill rows. */
  wrongLetters: number;
  /** Rows that differ from the events that did not have to wait. */
  wrongRows: number;
  /** Places that do not show how many events wait: the status, and the metrics. */
  unnoticed: number;
  /** Letters that the mended fold could not take. */
  left: number;
  /** Projections that differ from a rebuild in the end. */
  differing: number;
};

/** A projector meets poison while the log grows; then a program with the mended fold takes over, and what waited is retried. */
async function fallIll(chance: Chance, bug: Bug, share: number, among = FOLLOWED): Promise<Outcome> {
  const projection = chance.pick(among);
  const isPoison = poisonAmong(projection, chance, share);
  const waiting = waitingOf(projection, log, isPoison);
  const outcome = { poisonous: waiting.filter(({ poisonous }) => poisonous).length } as Outcome;
  outcome.waited = waiting.length - outcome.poisonous;
  const store = new MemoryEventStore();
  const ill = FOLLOWED.map(one => (one === projection ? poisoned(one, isPoison, bug) : one));
  await onDatabase(async database => {
    const [early, later, last] = thirds(log.length);
    await grow(store, log.slice(0, early));
    await whileProjecting(store, database, ill, () => grow(store, log.slice(early, later)));
    const known = log.slice(0, later);
    const parked = waiting.filter(({ position }) => position <= known.length);
    outcome.wrongLetters = isDeepStrictEqual(await lettersIn(database, projection), parked) ? 0 : 1;
    outcome.wrongRows = await wrongRows(database, projection, known, parked);
    outcome.unnoticed = await unnoticed(database, store, projection, parked.length);
    await whileProjecting(store, database, FOLLOWED, async () => {
      const retry = retryDeadLetters({ store, database, projection });
      await grow(store, log.slice(later, last));
      ({ replayed: outcome.replayed, left: outcome.left } = await retry);
    });
    const digests = await Promise.all(FOLLOWED.map(async one => [one.name, await digest(database, one)] as const));
    outcome.differing = digests.filter(([name, found]) => !isDeepStrictEqual(found, healthy.get(name))).length;
  });
  return outcome;
}

/** Each event that concerns the projection with the same chance, and at least one that comes before the fold is mended. */
function poisonAmong({ tables }: Projection, chance: Chance, share: number): (event: RecordedEvent) => boolean {
  const concerned = log.filter(event => tables.rows.some(({ on, keyOf }) => event.type in on && keyOf(event)));
  const ids = new Set(concerned.filter(() => chance.chance(share)).map(({ id }) => id));
  ids.add(chance.pick(concerned.slice(0, concerned.length / 2)).id);
  return ({ id }) => ids.has(id);
}

const thirds = (length: number): [number, number, number] => [
  Math.floor(length / 3),
  Math.floor((2 * length) / 3),
  length,
];

async function grow(store: MemoryEventStore, events: readonly RecordedEvent[]): Promise<void> {
  for (const { stream, revision, id, type, data, metadata, recordedAt } of events)
    await store.append(stream, revision ? revision - 1n : 'noStream', [{ id, type, data, metadata, recordedAt }]);
}

/** Runs the projector while `meanwhile` happens, and until it has seen everything; fails if the projector ended by itself. */
async function whileProjecting(
  store: MemoryEventStore,
  database: Database,
  projections: readonly Projection[],
  meanwhile: () => Promise<void>,
): Promise<void> {
  const stop = new AbortController();
  await prepare({ database, projections, timeZone });
  let ended = false;
  const running = runProjections({ store, database, projections, timeZone, signal: stop.signal, log: silent }).finally(
    () => {
      ended = true;
    },
  );
  try {
    await meanwhile();
    const names = projections.map(({ name }) => name);
    await waitForPosition(database, names, await store.head(), ENOUGH_MS);
    if (ended) throw new Error('The projector ended.');
  } finally {
    stop.abort();
    await running;
  }
}

/** What waits according to the database. */
async function lettersIn({ pool }: Database, { name: projection, tables }: Projection): Promise<Waiting[]> {
  const { rows } = await pool.query(
    `select table_name as "table", key, letters.position, coalesce(error like '%${POISONED}', false) as poisonous
     from projections.dead_letters letters join projections.generations on id = generation where name = $1 order by letters.position`,
    [projection],
  );
  const letters = rows as Waiting[];
  return tables.rows.flatMap(({ name }) => letters.filter(({ table }) => table === name));
}

/** Rows in the database that are not what follows from the events that their table could take. */
async function wrongRows(
  database: Database,
  { tables }: Projection,
  events: readonly RecordedEvent[],
  waiting: readonly Waiting[],
): Promise<number> {
  let wrong = 0;
  for (const table of tables.rows) {
    const waits = new Set(
      waiting.filter(one => one.table === table.name).map(({ key, position }) => `${position} ${key}`),
    );
    const concerning = events.filter(({ type }) => type in table.on);
    const taken = concerning.filter(event => !waits.has(`${event.position} ${table.keyOf(event)}`));
    const expected = foldInMemory({ table }, taken, timeZone).table as readonly Record<string, unknown>[];
    const found = (await database.kysely
      .withTables<Record<string, Record<string, unknown>>>()
      .selectFrom(table.path)
      .selectAll()
      .execute()) as Record<string, unknown>[];
    const byKey = new Map(found.map(row => [row[table.key], row]));
    wrong += Math.abs(found.length - expected.length);
    wrong += expected.filter(row => !isDeepStrictEqual(plain(row), byKey.get(row[table.key]))).length;
  }
  return wrong;
}

/** As JSON comes back from a database: without what is undefined. */
const plain = (row: object) => JSON.parse(JSON.stringify(row));

async function unnoticed(database: Database, store: MemoryEventStore, { name }: Projection, letters: number) {
  const clock = () => new Date().toISOString();
  const status = await projectionStatus(database, store, clock);
  const registry = new Registry();
  const appends = new AppendWatch(silent);
  addGauges(registry, new ProjectionsWatch({ database, store, clock }), { database, appends });
  const series = `chronicle_projection_dead_letters{projection="${name}",kind="projection"} ${letters}\n`;
  const inStatus = status.every(one => one.lagEvents === 0 && one.deadLetters === (one.name === name ? letters : 0));
  const inMetrics = (await registry.metrics()).includes(series);
  appends.close();
  return [inStatus, inMetrics].filter(shown => !shown).length;
}

async function onDatabase(use: (database: Database) => Promise<void>): Promise<void> {
  const { url, drop } = await testDatabase();
  const database = openDatabase(url);
  try {
    await use(database);
  } finally {
    await database.close();
    await drop();
  }
}
