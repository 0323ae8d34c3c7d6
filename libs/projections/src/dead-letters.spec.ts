import { beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { retryDeadLetters } from './dead-letters.js';
import { digest } from './digest.js';
import { projectionStatus } from './status.js';
import { foldInPages, forget } from './testing/engine.js';
import { type Happening, histories, logOf } from './testing/history.js';
import { mended, pipeline } from './testing/pipeline.js';
import { databaseForTests } from './testing/test-engine.js';

const database = databaseForTests();

beforeEach(() => forget(database(), pipeline));

const opened = (dealId: string): Happening => ({
  type: 'DealOpened',
  data: { dealId, ownerId: 'chen', amount: 5 },
  later: 0,
  late: 0,
});
const visited: Happening = { type: 'VisitPaid', data: { ownerId: 'li' }, later: 0, late: 0 };
const advanced = (dealId: string, stage: string): Happening => ({
  type: 'DealAdvanced',
  data: { dealId, stage },
  later: 1,
  late: 0,
});
const history = [opened('d1'), opened('d2'), advanced('d1', 'poison'), advanced('d2', 'won'), advanced('d1', 'won')];

const stagesOf = async () =>
  (await database().pool.query('select deal_id as deal, last_stage as stage from pipeline.deals order by 1')).rows;

describe('An event that cannot be folded', () => {
  it('holds up its own row only, and what comes later for that row waits behind it', async () => {
    const store = await logOf(history);
    await foldInPages(database(), pipeline, store, 10);
    expect(await stagesOf()).toEqual([
      { deal: 'd1', stage: null },
      { deal: 'd2', stage: 'won' },
    ]);
    const [status] = await projectionStatus(database(), store, () => '2026-03-01T00:00:00.000Z');
    expect(status).toMatchObject({ deadLetters: 2, position: 5n, lagEvents: 0 });
    const letters = await database().pool.query(
      'select key, position, error from projections.dead_letters order by position',
    );
    expect(letters.rows).toEqual([
      { key: 'd1', position: 3, error: expect.stringContaining('nobody knows this stage') },
      { key: 'd1', position: 5, error: null },
    ]);
  });

  it('is folded in order with those that wait once the fold is mended', async () => {
    const store = await logOf(history);
    await foldInPages(database(), pipeline, store, 2);
    expect(await retryDeadLetters({ store, database: database(), projection: pipeline })).toEqual({
      replayed: 0,
      left: 2,
    });
    expect(await retryDeadLetters({ store, database: database(), projection: mended() })).toEqual({
      replayed: 2,
      left: 0,
    });
    const { rows } = await database().pool.query(`select entries from pipeline.deals where deal_id = 'd1'`);
    expect(rows[0].entries.map(({ stage }: { stage: string }) => stage)).toEqual(['mended', 'won']);
  });

  it('leaves no trace after it was mended and replayed', async () => {
    await fc.assert(
      fc.asyncProperty(histories({ poison: true }), fc.integer({ min: 1, max: 40 }), async (events, pageSize) => {
        const store = await logOf(events);
        await forget(database(), pipeline);
        await foldInPages(database(), pipeline, store, pageSize);
        await retryDeadLetters({ store, database: database(), projection: mended() });
        const replayed = await digest(database(), pipeline);
        await forget(database(), pipeline);
        await foldInPages(database(), mended(), store, pageSize);
        expect(replayed).toEqual(await digest(database(), pipeline));
      }),
      { numRuns: 20 },
    );
  }, 120_000);

  it('is found among thousands when only the database refuses it', async () => {
    const won = ['d1', 'd2', 'd3', 'd4'].map(deal => advanced(deal, 'won'));
    const store = await logOf([opened('d1'), opened('d2'), opened('d3'), opened('d4'), ...won, visited]);
    await foldInPages(database(), pipeline, await logOf([]), 10);
    await database().pool.query(`alter table pipeline.deals add check (deal_id <> 'd3')`);
    await foldInPages(database(), pipeline, store, 10);
    const { rows } = await database().pool.query(
      'select deal_id as deal, jsonb_array_length(entries) as entries from pipeline.deals order by 1',
    );
    expect(rows).toEqual(['d1', 'd2', 'd4'].map(deal => ({ deal, entries: 1 })));
    expect((await database().pool.query('select visits from pipeline.visit_days')).rows).toEqual([{ visits: 1 }]);
    const letters = await database().pool.query(
      'select key, position, error from projections.dead_letters order by position',
    );
    expect(letters.rows).toEqual([
      { key: 'd3', position: 3, error: expect.stringContaining('violates check constraint') },
      { key: 'd3', position: 7, error: null },
    ]);
    await database().pool.query('alter table pipeline.deals drop constraint deals_deal_id_check');
    expect(await retryDeadLetters({ store, database: database(), projection: pipeline })).toEqual({
      replayed: 2,
      left: 0,
    });
  });
});
