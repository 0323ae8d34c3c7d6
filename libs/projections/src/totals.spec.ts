import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { addDays } from '#event-sourcing/business-time.js';
import type { Day } from '#event-sourcing/event.js';
import type { MemoryEventStore } from '#event-store/memory/memory-event-store.js';
import { foldInMemory } from './fold-in-memory.js';
import { projected } from './projected-events.js';
import type { TablesOf } from './tables.js';
import { foldInPages, forget, openFollower } from './testing/engine.js';
import { allEvents, histories, logOf, TIME_ZONE } from './testing/history.js';
import { deals, pipeline, reachedStages, stageTotals, standing } from './testing/pipeline.js';
import { databaseForTests } from './testing/test-engine.js';
import { type TotalsRange, totalsBetween } from './totals-query.js';

const database = databaseForTests();

/** The rows of the deals as they were known on a day, folded from scratch. */
async function dealsKnownOn(store: MemoryEventStore, knownOn: Day) {
  const events = (await allEvents(store)).filter(event => projected(event, TIME_ZONE).knownOn <= knownOn);
  return foldInMemory({ deals }, events, TIME_ZONE).deals;
}

type Sums = { [key: string]: { reached: number; amountMinor: number } };

/** Counted one by one. */
function recount(rows: Awaited<ReturnType<typeof dealsKnownOn>>, { from = '0', to = '9' }: TotalsRange): Sums {
  const sums: Sums = {};
  for (const deal of rows.filter(({ openedOn }) => openedOn >= from && openedOn <= to))
    for (const { stage, amountMinor } of reachedStages(deal)) {
      sums[`${deal.ownerId} ${stage}`] ??= { reached: 0, amountMinor: 0 };
      const sum = sums[`${deal.ownerId} ${stage}`]!;
      sum.reached += 1;
      sum.amountMinor += amountMinor;
    }
  return sums;
}

async function queried(range: TotalsRange<'ownerId'>): Promise<Sums> {
  const lines = await database()
    .kysely.selectFrom(totalsBetween(stageTotals, range).as('t'))
    .select(['t.ownerId', 't.stage'])
    .select(({ fn }) => [fn.sum<number>('t.reached').as('reached'), fn.sum<number>('t.amountMinor').as('amountMinor')])
    .groupBy(['t.ownerId', 't.stage'])
    .execute();
  const nonzero = lines.filter(({ reached, amountMinor }) => reached || amountMinor);
  return Object.fromEntries(nonzero.map(({ ownerId, stage, ...sums }) => [`${ownerId} ${stage}`, sums]));
}

const day = fc.integer({ min: -60, max: 120 }).map(days => addDays('2026-02-01', days));
const range = fc.record({
  from: fc.option(day, { nil: undefined }),
  to: fc.option(day, { nil: undefined }),
  knownOn: fc.option(day, { nil: undefined }),
  grain: fc.constantFrom('day' as const, 'month' as const, 'mixed' as const, 'coarse' as const),
  daysOf: fc.option(
    fc.constant({
      dimension: 'ownerId' as const,
      months: [
        { value: 'chen', month: '2026-02-01' },
        { value: '王', month: '2026-01-01' },
      ],
      quarters: [{ value: 'li', quarter: '2026-01-01' }],
    }),
    { nil: undefined },
  ),
});

const asText = (rows: readonly object[]) => rows.map(row => JSON.stringify(row, Object.keys(row).sort())).sort();

/** The same by one of the two alone, which a roll-up answers. */
async function rolledUp(dimension: 'ownerId' | 'stage', range: TotalsRange<'ownerId'>): Promise<Sums> {
  const daysOf = dimension === 'ownerId' ? range.daysOf : undefined;
  const lines = await database()
    .kysely.selectFrom(totalsBetween(stageTotals, { ...range, daysOf, dimensions: [dimension] }).as('t'))
    .select(`t.${dimension} as key`)
    .select(({ fn }) => [fn.sum<number>('t.reached').as('reached'), fn.sum<number>('t.amountMinor').as('amountMinor')])
    .groupBy(`t.${dimension}`)
    .execute();
  const nonzero = lines.filter(({ reached, amountMinor }) => reached || amountMinor);
  return Object.fromEntries(nonzero.map(({ key, ...sums }) => [key, sums]));
}

function by(place: 0 | 1, sums: Sums): Sums {
  const added: Sums = {};
  for (const [key, { reached, amountMinor }] of Object.entries(sums)) {
    const value = key.split(' ')[place]!;
    const sum = added[value] ?? { reached: 0, amountMinor: 0 };
    added[value] = { reached: sum.reached + reached, amountMinor: sum.amountMinor + amountMinor };
  }
  return added;
}

async function standingKnownOn(knownOn?: Day, rolledUp = false) {
  const dimensions = rolledUp ? ['lastStage'] : undefined;
  const lines = await database()
    .kysely.selectFrom(totalsBetween(standing, { knownOn, dimensions }).as('t'))
    .select(['t.lastStage', eb => eb.fn.sum<number>('t.deals').as('deals')])
    .groupBy('t.lastStage')
    .execute();
  return Object.fromEntries(lines.filter(line => line.deals).map(line => [line.lastStage ?? 'none', line.deals]));
}

function recountStanding(rows: Awaited<ReturnType<typeof dealsKnownOn>>) {
  const counts: Record<string, number> = {};
  for (const { lastStage } of rows) counts[lastStage ?? 'none'] = (counts[lastStage ?? 'none'] ?? 0) + 1;
  return counts;
}

describe('Rows and totals', () => {
  it('equal a recount, for any period and as known on any day, however the pages were cut', async () => {
    const pageSizes = fc.integer({ min: 1, max: 30 });
    await fc.assert(
      fc.asyncProperty(histories(), pageSizes, fc.array(range, { minLength: 6, maxLength: 6 }), async (...given) => {
        const [history, pageSize, ranges] = given;
        const store = await logOf(history);
        await forget(database(), pipeline);
        const follower = await openFollower(database(), pipeline);
        for await (const page of store.readAll({ pageSize })) await follower.take(page);
        await follower.rest();

        const rows = await database()
          .kysely.withTables<TablesOf<[typeof deals]>>()
          .selectFrom('pipeline.deals')
          .selectAll()
          .execute();
        expect(asText(rows)).toEqual(asText(await dealsKnownOn(store, '9999-12-31')));
        // First with the changes of most pages waiting to be posted.
        for (const [round, asked] of [...ranges, ...ranges].entries()) {
          if (round === ranges.length) await follower.post();
          const known = await dealsKnownOn(store, asked.knownOn ?? '9999-12-31');
          const counted = recount(known, asked);
          expect(await queried(asked)).toEqual(counted);
          expect(await rolledUp('ownerId', asked)).toEqual(by(0, counted));
          expect(await rolledUp('stage', asked)).toEqual(by(1, counted));
          expect(await standingKnownOn(asked.knownOn)).toEqual(recountStanding(known));
          expect(await standingKnownOn(asked.knownOn, true)).toEqual(recountStanding(known));
        }
      }),
      { numRuns: 25 },
    );
  }, 120_000);

  it('keeps no total that has come to nothing, as a recount would have none', async () => {
    const deal = { dealId: 'd1', ownerId: 'chen', amount: 5 };
    const store = await logOf([
      { type: 'DealOpened', data: deal, later: 0, late: 0 },
      { type: 'DealErased', data: { dealId: 'd1' }, later: 1, late: 0 },
    ]);
    await forget(database(), pipeline);
    await foldInPages(database(), pipeline, store, 1);
    const counts = await database().pool.query(
      'select (select count(*) from pipeline.stage_totals) as totals, (select count(*) from pipeline.stages) as rollup, (select count(*) from pipeline.stage_totals_changes) as changes',
    );
    expect(counts.rows).toEqual([{ totals: 0, rollup: 0, changes: 2 }]);
  });

  it('names the date of a line by day or by the first of its month, as asked', async () => {
    const store = await logOf([
      { type: 'DealOpened', data: { dealId: 'd1', ownerId: 'chen', amount: 5 }, later: 0, late: 0 },
      { type: 'DealOpened', data: { dealId: 'd2', ownerId: 'li', amount: 7 }, later: 1, late: 0 },
    ]);
    await forget(database(), pipeline);
    await foldInPages(database(), pipeline, store, 10);
    const dates = async (range: TotalsRange<'ownerId'>) => {
      const lines = database()
        .kysely.selectFrom(totalsBetween(stageTotals, range).as('t'))
        .select(['t.ownerId', 't.openedOn']);
      return Object.fromEntries((await lines.execute()).map(({ ownerId, openedOn }) => [ownerId, openedOn]));
    };
    const january = { from: '2026-01-01', to: '2026-01-31' };
    expect(await dates({ ...january, grain: 'day' })).toEqual({ chen: '2026-01-20', li: '2026-01-21' });
    expect(await dates({ ...january, grain: 'month' })).toEqual({ chen: '2026-01-01', li: '2026-01-01' });
    expect(await dates(january)).toEqual({ chen: '2026-01-01', li: '2026-01-01' });
    expect(await dates({ from: '2026-01-21', to: '2026-01-31' })).toEqual({ li: '2026-01-21' });
    const daysOf = { dimension: 'ownerId', months: [{ value: 'li', month: '2026-01-01' }] } as const;
    expect(await dates({ ...january, daysOf })).toEqual({ chen: '2026-01-01', li: '2026-01-21' });
  });

  it('names it by the first of its quarter where a roll-up may answer by quarter, but for values that are split', async () => {
    const opened = (dealId: string, ownerId: string, later: number) =>
      ({ type: 'DealOpened', data: { dealId, ownerId, amount: 5 }, later, late: 0 }) as const;
    const store = await logOf([opened('d1', 'chen', 0), opened('d2', 'li', 1), opened('d3', 'zhao', 20)]);
    await forget(database(), pipeline);
    await foldInPages(database(), pipeline, store, 10);
    const asked = { from: '2026-01-01', to: '2026-05-31', grain: 'coarse', dimensions: ['ownerId'] } as const;
    const daysOf = {
      dimension: 'ownerId',
      months: [{ value: 'li', month: '2026-01-01' }],
      quarters: [{ value: 'zhao', quarter: '2026-01-01' }],
    } as const;
    const lines = database()
      .kysely.selectFrom(totalsBetween(stageTotals, { ...asked, daysOf }).as('t'))
      .select(['t.ownerId', 't.openedOn']);
    const dates = Object.fromEntries((await lines.execute()).map(({ ownerId, openedOn }) => [ownerId, openedOn]));
    expect(dates).toEqual({ chen: '2026-01-01', li: '2026-01-21', zhao: '2026-02-01' });
  });

  it('come from the smallest table that has what is asked for', () => {
    const tables = (range: TotalsRange<'ownerId'>) => {
      const { sql } = database().kysely.selectFrom(totalsBetween(stageTotals, range).as('t')).selectAll().compile();
      return [...new Set(sql.match(/"pipeline"\."\w+"/g))];
    };
    const table = (name: string) => `"pipeline"."${name}"`;
    const waiting = [table('stage_totals_changes'), table('stage_totals_posted')];
    expect(tables({ dimensions: [] })).toEqual([table('stages'), ...waiting]);
    expect(tables({ dimensions: ['ownerId'] })).toEqual([table('owners'), ...waiting]);
    expect(tables({ dimensions: ['ownerId', 'stage'] })).toEqual([table('stage_totals'), ...waiting]);
    expect(tables({})).toEqual([table('stage_totals'), ...waiting]);
    const months = [{ value: 'li', month: '2026-01-01' }];
    expect(tables({ dimensions: [], daysOf: { dimension: 'ownerId', months } })).toEqual([table('owners'), ...waiting]);
    expect(tables({ dimensions: ['stage'], knownOn: '2026-02-10' })).toEqual([
      table('stages'),
      table('stages_changes'),
      ...waiting,
    ]);
  });

  it('refuses a period for totals that have no date', () => {
    expect(() => totalsBetween(standing, { from: '2026-01-01' })).toThrow(
      'pipeline.standing has no date to choose by.',
    );
  });

  it('refuses a dimension that the totals do not have', () => {
    expect(() => totalsBetween(stageTotals, { dimensions: ['colour'] })).toThrow(
      'pipeline.stageTotals has no dimension colour.',
    );
  });
});
