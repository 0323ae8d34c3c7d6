import { performance } from 'node:perf_hooks';
import type { Database } from '#projections/database.js';
import { totalsBetween } from '#projections/totals-query.js';
import { totals } from '#read-models/funnel/funnel.projection.js';
import { median } from '../figures.js';
import type { Finding } from '../finding.js';

const ASKED = 9;

async function timesOf(work: () => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  for (let run = 0; run < ASKED; run++) {
    const start = performance.now();
    await work();
    times.push(performance.now() - start);
  }
  return times;
}

/** Asks the totals of the rebuilt funnel. */
export async function benchTotals({ kysely }: Database): Promise<Finding[]> {
  const asked = async (what: string, range: Parameters<typeof totalsBetween<typeof totals>>[1]): Promise<Finding> => {
    const query = () =>
      kysely
        .selectFrom(totalsBetween(totals, range).as('t'))
        .select(['t.stage', eb => eb.fn.sum<number>('t.reachedImplied').as('reached')])
        .groupBy('t.stage')
        .execute();
    return { what: `totals of the funnel, ${what}`, unit: 'ms', values: [median(await timesOf(query))], baselines: [] };
  };
  return [
    await asked('a year', { from: '2024-01-01', to: '2024-12-31' }),
    await asked('odd days', { from: '2024-02-11', to: '2025-06-21' }),
    await asked('as known on a day', { from: '2024-01-01', to: '2024-12-31', knownOn: '2024-12-31' }),
  ];
}
