import { performance } from 'node:perf_hooks';
import type { EventStore } from '#event-sourcing/event-store.js';
import type { Projection } from '#event-sourcing/projection.js';
import { planOf } from '#projections/plan.js';
import { funnel } from '#read-models/funnel/funnel.projection.js';
import type { Finding } from '../finding.js';
import type { Surroundings } from '../surroundings.js';
import { EMMETT_PROJECTION, emmettRebuilds } from './emmett.js';
import { type Filled, onFilledLog, REPETITIONS, rebuilds } from './filled.js';
import { light } from './light.js';
import { benchTotals } from './queries.js';

/** Its rate does not depend on the length of its log, and filling one takes it long. */
const EMMETTS_EVENTS = 100_000;

/** Rebuilds single read models from synthetic events. */
export const benchRebuild = (surroundings: Surroundings): Promise<Finding[]> =>
  onFilledLog(surroundings, async filled => {
    const emmett = await emmettRebuilds(await surroundings.freshDatabase(), EMMETTS_EVENTS, REPETITIONS);
    const heavily = await rebuildHeavily(filled, emmett);
    const totals = await benchTotals(filled.database);
    return [heavily, await rebuildLightly(filled), ...totals];
  });

async function rebuildHeavily(filled: Filled, emmett: readonly number[]): Promise<Finding> {
  const { rates } = await rebuilds(filled, [funnel]);
  return {
    what: `rebuild of the funnel, ${filled.events.toLocaleString('en-US')} events`,
    configured: 'Rows, totals by day and month, and every change of them for questions about earlier knowledge.',
    unit: 'per second',
    values: rates,
    goal: 40_000,
    baselines: [{ name: 'Emmett, doing nothing', configured: EMMETT_PROJECTION, values: emmett, timesAtLeast: 10 }],
  };
}

async function rebuildLightly(filled: Filled): Promise<Finding> {
  const values: number[] = [];
  const read: number[] = [];
  for (let repetition = 0; repetition < REPETITIONS; repetition++) {
    read.push(await readingRate(filled.store, light));
    values.push(...(await rebuilds(filled, [light], 1)).rates);
  }
  return {
    what: `rebuild of a counter per day and owner, ${filled.events.toLocaleString('en-US')} events`,
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

async function readingRate(store: EventStore, projection: Projection): Promise<number> {
  const started = performance.now();
  let events = 0;
  for await (const page of store.readAll({ types: planOf(projection).types, pageSize: 500 }))
    events += page.events.length;
  return events / ((performance.now() - started) / 1_000);
}
