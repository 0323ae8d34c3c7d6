import { performance } from 'node:perf_hooks';
import type { EventStore } from '#event-sourcing/event-store.js';
import type { Projection } from '#event-sourcing/projection.js';
import { openPostgresStore } from '#event-store/postgres/postgres-event-store.js';
import { type Database, openDatabase } from '#projections/database.js';
import { planOf } from '#projections/plan.js';
import { rebuildTogether } from '#projections/rebuild.js';
import { funnel } from '#read-models/funnel/funnel.projection.js';
import { projections } from '#read-models/read-models.js';
import { median } from '../figures.js';
import type { Finding } from '../finding.js';
import type { Surroundings } from '../surroundings.js';
import { EMMETT_PROJECTION, emmettRebuilds } from './emmett.js';
import { light } from './light.js';
import { fill } from './log.js';
import { benchMemory } from './memory.js';
import { benchTotals } from './queries.js';
import { benchVisible } from './visible.js';

const TIME_ZONE = 'Asia/Shanghai';
const REPETITIONS = 3;
/** Its rate does not depend on the length of its log, and filling one takes it long. */
const EMMETTS_EVENTS = 100_000;

interface Opened {
  readonly store: EventStore;
  readonly database: Database;
}

/** Rebuilds read models from synthetic events, one and all together, and measures how soon and in how much memory. */
export async function benchRebuild(surroundings: Surroundings): Promise<Finding[]> {
  const { freshDatabase, full } = surroundings;
  const url = await freshDatabase();
  const [store, database] = [await openPostgresStore(url), openDatabase(url)];
  const events = full ? 1_000_000 : 300_000;
  try {
    await fill((stream, batch) => store.append(stream, 'noStream', batch), events);
    const emmett = await emmettRebuilds(await freshDatabase(), EMMETTS_EVENTS, REPETITIONS);
    const opened = { store, database };
    const alone = await rebuildAlone(opened, events, emmett);
    const totals = await benchTotals(database);
    const lightly = await rebuildLightly(opened, events);
    const together = await rebuildAll(opened, median(alone.seconds));
    const memory = await benchMemory(url, database, await store.head());
    return [alone.finding, lightly, together, memory, await benchVisible(surroundings), ...totals];
  } finally {
    await database.close();
    await store.close();
  }
}

async function rebuildAlone(opened: Opened, events: number, emmett: readonly number[]) {
  const { rates, seconds } = await rebuilds(opened, [funnel]);
  const finding: Finding = {
    what: `rebuild of the funnel, ${events.toLocaleString('en-US')} events`,
    configured: 'Rows, totals by day and month, and every change of them for questions about earlier knowledge.',
    unit: 'per second',
    values: rates,
    goal: 40_000,
    baselines: [{ name: 'Emmett, doing nothing', configured: EMMETT_PROJECTION, values: emmett, timesAtLeast: 10 }],
  };
  return { finding, seconds };
}

async function rebuildLightly(opened: Opened, events: number): Promise<Finding> {
  const values: number[] = [];
  const read: number[] = [];
  for (let repetition = 0; repetition < REPETITIONS; repetition++) {
    read.push(await readingRate(opened.store, light));
    values.push(...(await rebuilds(opened, [light], 1)).rates);
  }
  return {
    what: `rebuild of a counter per day and owner, ${events.toLocaleString('en-US')} events`,
    configured: 'The events of its two types are counted, three in four.',
    unit: 'per second',
    values,
    goal: 100_000,
    baselines: [
      {
        name: 'bare reading',
        configured: 'The same events read from the same log and parsed, by the same store, and nothing done with them.',
        values: read,
        timesAtLeast: 0.4,
      },
    ],
  };
}

async function rebuildAll(opened: Opened, aloneSeconds: number): Promise<Finding> {
  const { seconds } = await rebuilds(opened, projections);
  return {
    what: `rebuild of all ${projections.length} read models together, against the funnel alone`,
    configured: 'The time until the last one is swapped in, each compared with the one that it replaces.',
    unit: 'times',
    values: seconds.map(one => one / aloneSeconds),
    goal: 4,
    baselines: [],
  };
}

/** Until all are live; the rate is that of the first of them until its tables are complete. */
async function rebuilds({ store, database }: Opened, together: readonly Projection[], repetitions = REPETITIONS) {
  const log = { info: () => undefined, warn: console.error, error: console.error };
  const [rates, seconds]: [number[], number[]] = [[], []];
  for (let repetition = 0; repetition < repetitions; repetition++) {
    const started = performance.now();
    const reports = await Promise.all(
      rebuildTogether({ store, database, projections: together, timeZone: TIME_ZONE, log, force: true }),
    );
    seconds.push((performance.now() - started) / 1_000);
    rates.push(reports[0]!.eventsPerSecond);
  }
  return { rates, seconds };
}

async function readingRate(store: EventStore, projection: Projection): Promise<number> {
  const started = performance.now();
  let events = 0;
  for await (const page of store.readAll({ types: planOf(projection).types, pageSize: 500 }))
    events += page.events.length;
  return events / ((performance.now() - started) / 1_000);
}
