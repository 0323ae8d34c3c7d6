import { beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Projection } from '#event-sourcing/projection.js';
import { Build } from './build.js';
import { catchUp } from './catch-up.js';
import { digest, digestOf } from './digest.js';
import { schemaOf } from './naming.js';
import { planOf } from './plan.js';
import { projected } from './projected-events.js';
import { type RebuildOptions, rebuild } from './rebuild.js';
import { findGeneration } from './registry.js';
import { RowBudget } from './row-budget.js';
import { swapBack } from './swap.js';
import { foldInPages, forget, openFollower, silent } from './testing/engine.js';
import { append, eventsOf, type Happening, histories, logOf, TIME_ZONE } from './testing/history.js';
import { pipeline } from './testing/pipeline.js';
import { databaseForTests } from './testing/test-engine.js';
import { Turns } from './turns.js';

const database = databaseForTests();

beforeEach(() => forget(database(), pipeline));

const opened = (dealId: string, amount = 100): Happening => ({
  type: 'DealOpened',
  data: { dealId, ownerId: 'chen', amount },
  later: 1,
  late: 0,
});
const history: Happening[] = [
  opened('d1'),
  { type: 'DealAdvanced', data: { dealId: 'd1', stage: 'won' }, later: 3, late: 0 },
  opened('d2'),
  { type: 'VisitPaid', data: { ownerId: 'li' }, later: 0, late: 0 },
];

const optionsFor = async (projection: Projection, events = history): Promise<RebuildOptions> => ({
  store: await logOf(events),
  database: database(),
  projection,
  timeZone: TIME_ZONE,
  log: silent,
});

const secondVersion: Projection = { ...pipeline, version: 2 };
const versions = async () => ({
  live: (await findGeneration(database().pool, 'pipeline', 'live'))?.version,
  previous: (await findGeneration(database().pool, 'pipeline', 'previous'))?.version,
});

describe('A rebuilt projection', () => {
  it('holds what pages of any size have made of the same events, however little it may remember', async () => {
    const live = fc.integer({ min: 1, max: 40 });
    // Little memory and small pages, so that rows leave and are asked for again, also while they are on their way.
    const built = fc.integer({ min: 1, max: 6 });
    await fc.assert(
      fc.asyncProperty(
        histories({ minLength: 20 }),
        live,
        built,
        fc.integer({ min: 0, max: 6 }),
        async (events, one, other, cachedRows) => {
          const store = await logOf(events);
          await forget(database(), pipeline);
          await foldInPages(database(), pipeline, store, one);
          const expected = await digest(database(), pipeline);

          const plan = planOf(pipeline);
          const [budget, writes] = [new RowBudget(cachedRows), new Turns()];
          const build = await Build.begin({ database: database(), plan, timeZone: TIME_ZONE, budget, writes });
          for await (const { events, upTo } of store.readAll({ pageSize: other })) {
            await build.take(
              events.map(event => projected(event, TIME_ZONE)),
              upTo,
            );
          }
          await build.finish(await store.head());
          expect(await digestOf(database().pool, schemaOf('pipeline', 'next'), plan)).toEqual(expected);
        },
      ),
      { numRuns: 20 },
    );
  }, 120_000);

  it('has keys and indexes like a live one', async () => {
    const options = await optionsFor(pipeline);
    const indexes = async () =>
      (await database().pool.query(`select indexdef from pg_indexes where schemaname = 'pipeline' order by 1`)).rows;
    await foldInPages(database(), pipeline, options.store, 10);
    const live = await indexes();
    await rebuild(options);
    expect(live).toHaveLength(16);
    expect(await indexes()).toEqual(live);
  });

  it('takes the place of an equal live one, which can be swapped back', async () => {
    const options = await optionsFor(pipeline);
    await foldInPages(database(), pipeline, options.store, 10);
    const before = await digest(database(), pipeline);
    const report = await rebuild(options);
    expect(report).toMatchObject({ events: 4, swapped: true });
    expect(report.comparison).toEqual({
      deals: 'equal',
      visitDays: 'equal',
      visits: 'equal',
      stageTotals: 'equal',
      stageTotalsChanges: 'equal',
      stages: 'equal',
      stagesChanges: 'equal',
      owners: 'equal',
      ownersChanges: 'equal',
      standing: 'equal',
      standingChanges: 'equal',
      lastStages: 'equal',
      lastStagesChanges: 'equal',
    });
    expect(await digest(database(), pipeline)).toEqual(before);
    await swapBack(database(), 'pipeline');
    expect(await digest(database(), pipeline)).toEqual(before);
  });

  it('says which tables of the live one were wrong, and replaces it only when told to', async () => {
    const options = await optionsFor(pipeline);
    await foldInPages(database(), pipeline, options.store, 10);
    const right = await digest(database(), pipeline);
    await database().pool.query('update pipeline.deals set amount_minor = amount_minor + 1');
    const wrong = await digest(database(), pipeline);

    const report = await rebuild(options);
    expect(report.swapped).toBe(false);
    expect(Object.entries(report.comparison!).filter(([, result]) => result !== 'equal')).toEqual([
      ['deals', 'different'],
    ]);
    expect(await digest(database(), pipeline)).toEqual(wrong);

    expect(await rebuild({ ...options, force: true })).toMatchObject({ swapped: true });
    expect(await digest(database(), pipeline)).toEqual(right);
  });

  it('stops at an event that cannot be folded and names it; the live one stays', async () => {
    const options = await optionsFor(pipeline);
    await foldInPages(database(), pipeline, options.store, 10);
    const before = await digest(database(), pipeline);
    const poison: Happening = { type: 'DealAdvanced', data: { dealId: 'd1', stage: 'poison' }, later: 0, late: 0 };
    await append(options.store, eventsOf([...history, poison]).slice(-1));
    await foldInPages(database(), pipeline, options.store, 10);
    await expect(rebuild(options)).rejects.toThrow('DealAdvanced at position 5 (deal-d1) for deals d1');
    expect(await digest(database(), pipeline)).toEqual(before);
  });

  it('tells how far it is', async () => {
    const options = await optionsFor(pipeline);
    const told: string[] = [];
    await rebuild({
      ...options,
      onProgress: ({ phase, events, position, target }) => told.push(`${phase} ${events} ${position}/${target}`),
    });
    expect(told).toEqual(['folding 4 4/4', 'finishing 4 4/4', 'comparing 4 4/4']);
  });
});

describe('A new version', () => {
  it('is swapped in whatever the old one held, and the old one can be swapped back', async () => {
    const options = await optionsFor(pipeline);
    await foldInPages(database(), pipeline, options.store, 10);
    await database().pool.query('delete from pipeline.visits');
    const old = await digest(database(), pipeline);

    const report = await rebuild({ ...options, projection: secondVersion });
    expect(report).toMatchObject({ version: 2, swapped: true, comparison: { deals: 'equal', visits: 'different' } });
    expect(await versions()).toEqual({ live: 2, previous: 1 });

    await swapBack(database(), 'pipeline');
    expect(await versions()).toEqual({ live: 1, previous: 2 });
    expect(await digest(database(), pipeline)).toEqual(old);
  });

  it('fences off who still writes to the old one', async () => {
    const options = await optionsFor(pipeline);
    const follower = await openFollower(database(), pipeline);
    await rebuild({ ...options, projection: secondVersion });
    const before = await digest(database(), pipeline);
    await expect(catchUp(options.store, follower)).rejects.toThrow('taken over');
    expect(await digest(database(), pipeline)).toEqual(before);
  });

  it('cannot be swapped back to when there is none', async () => {
    const options = await optionsFor(pipeline);
    await foldInPages(database(), pipeline, options.store, 10);
    await expect(swapBack(database(), 'pipeline')).rejects.toThrow('has no previous generation');
  });
});
