import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Projection } from '#event-sourcing/projection.js';
import type { MemoryEventStore } from '#event-store/memory/memory-event-store.js';
import { differencesOf } from './differences.js';
import { runProjections } from './projector.js';
import { rebuild } from './rebuild.js';
import { findGeneration } from './registry.js';
import { projectionStatus } from './status.js';
import { swapBack } from './swap.js';
import { swapForward } from './swap-forward.js';
import { eventually, foldInPages, forget, silent } from './testing/engine.js';
import { append, eventsOf, type Happening, logOf, TIME_ZONE } from './testing/history.js';
import { mended, pipeline } from './testing/pipeline.js';
import { databaseForTests } from './testing/test-engine.js';
import { waitForPosition } from './wait.js';

const database = databaseForTests();

beforeEach(() => forget(database(), pipeline));

const opened = (dealId: string, amount: number): Happening => ({
  type: 'DealOpened',
  data: { dealId, ownerId: 'chen', amount },
  later: 0,
  late: 0,
});
const history = [opened('d1', 5), opened('d2', 7)];

/** A version in which every deal counts twice as much. */
const doubled = (version: number): Projection => {
  const [deals, ...others] = pipeline.tables.rows;
  const DealOpened = deals!.on.DealOpened as (row: unknown, event: unknown) => { amountMinor: number };
  const on = {
    ...deals!.on,
    DealOpened: (row: unknown, event: unknown) => {
      const deal = DealOpened(row, event);
      return { ...deal, amountMinor: deal.amountMinor * 2 };
    },
  };
  const changed = { ...deals!, on } as typeof deals & object;
  const totals = pipeline.tables.totals.map(table => ({ ...table, rows: changed }));
  return { ...pipeline, version, tables: { ...pipeline.tables, rows: [changed, ...others], totals } };
};

const options = (store: MemoryEventStore, projection: Projection) => ({
  store,
  database: database(),
  projection,
  timeZone: TIME_ZONE,
  log: silent,
});

const amounts = async () =>
  (await database().pool.query('select amount_minor as amount from pipeline.deals order by deal_id')).rows.map(
    ({ amount }) => amount,
  );

const statusOf = async (store: MemoryEventStore) =>
  (await projectionStatus(database(), store, () => '2026-03-01T00:00:00.000Z'))[0]!;

describe('A rebuild that holds', () => {
  it('leaves the new version beside the live one until somebody has compared and swapped it', async () => {
    const store = await logOf(history);
    await foldInPages(database(), pipeline, store, 10);
    const report = await rebuild({ ...options(store, doubled(2)), hold: true });
    expect(report).toMatchObject({ swapped: false, comparison: { deals: 'different', visits: 'equal' } });
    expect(await amounts()).toEqual([5, 7]);
    expect((await statusOf(store)).candidate).toEqual({ version: 2, position: 2n, ready: true, lastError: null });

    const { live, candidate, tables } = await differencesOf({ ...options(store, doubled(2)), examples: 1 });
    expect([live.version, candidate.version, candidate.position]).toEqual([1, 2, 2n]);
    const totals = tables.find(({ table }) => table === 'stageTotals');
    expect(totals?.figures).toContainEqual({ name: 'amountMinor', live: 12, candidate: 24 });
    const deals = tables.find(({ table }) => table === 'deals');
    expect(deals).toMatchObject({ lines: { changed: 2, onlyLive: 0, onlyCandidate: 0 } });
    expect(deals?.examples).toEqual([
      {
        key: { dealId: 'd1' },
        live: { amount_minor: 5 },
        candidate: { amount_minor: 10 },
      },
    ]);

    await append(store, eventsOf([...history, opened('d3', 1)]).slice(2));
    await swapForward(options(store, doubled(2)));
    expect(await amounts()).toEqual([10, 14, 2]);
    expect(await statusOf(store)).toMatchObject({ version: 2, position: 3n, candidate: null, previousVersion: 1 });
    await swapBack(database(), 'pipeline');
    expect(await amounts()).toEqual([5, 7]);
  });

  it('is not swapped by a program that has another version, nor without tables that wait', async () => {
    const store = await logOf(history);
    await foldInPages(database(), pipeline, store, 10);
    await expect(swapForward(options(store, doubled(2)))).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await rebuild({ ...options(store, doubled(2)), hold: true });
    await expect(swapForward(options(store, doubled(3)))).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await amounts()).toEqual([5, 7]);
  });

  it('leaves nothing that could be swapped when it stops half way', async () => {
    const poison: Happening = { type: 'DealAdvanced', data: { dealId: 'd1', stage: 'poison' }, later: 0, late: 0 };
    const store = await logOf([...history, poison]);
    await foldInPages(database(), mended(), store, 10);
    await expect(rebuild({ ...options(store, pipeline), hold: true })).rejects.toThrow('nobody knows this stage');
    await expect(swapForward(options(store, pipeline))).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const compared = differencesOf({ ...options(store, pipeline), examples: 1 });
    await expect(compared).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect((await statusOf(store)).candidate).toMatchObject({ ready: false, lastError: expect.any(String) });
  });
});

describe('A projector whose new versions are swapped by hand', () => {
  it('builds one, waits, and goes on with it when it was swapped; the first tables need nobody', async () => {
    const store = await logOf(history);
    const run = (projection: Projection) => {
      const stop = new AbortController();
      const common = { store, database: database(), timeZone: TIME_ZONE, log: silent, signal: stop.signal };
      const running = runProjections({ ...common, projections: [projection], manualSwap: true });
      return async () => {
        stop.abort();
        await running;
      };
    };
    const stopFirst = run(pipeline);
    await waitForPosition(database(), ['pipeline'], 2n, 20_000);
    await stopFirst();
    const stopSecond = run(doubled(2));
    await eventually(async () => (await findGeneration(database().pool, 'pipeline', 'next'))?.ready === true);
    expect(await amounts()).toEqual([5, 7]);
    await swapForward(options(store, doubled(2)));
    await append(store, eventsOf([...history, opened('d3', 1)]).slice(2));
    await waitForPosition(database(), ['pipeline'], 3n, 20_000);
    expect(await amounts()).toEqual([10, 14, 2]);
    await stopSecond();
  });
});
