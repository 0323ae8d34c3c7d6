import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Projection } from '#event-sourcing/projection.js';
import { digest } from './digest.js';
import { FoldFailure } from './failures.js';
import { deadLetters, skippedEvents } from './list-dead-letters.js';
import { rebuild } from './rebuild.js';
import { skipDeadLetter } from './skip-dead-letter.js';
import { projectionStatus } from './status.js';
import { foldInPages, forget, silent } from './testing/engine.js';
import { type Happening, logOf, TIME_ZONE } from './testing/history.js';
import { mended, pipeline } from './testing/pipeline.js';
import { databaseForTests } from './testing/test-engine.js';

const database = databaseForTests();

beforeEach(async () => {
  await forget(database(), pipeline);
  await database().pool.query('drop table if exists projections.skipped');
});

const opened = (dealId: string): Happening => ({
  type: 'DealOpened',
  data: { dealId, ownerId: 'chen', amount: 5 },
  later: 0,
  late: 0,
});
const advanced = (dealId: string, stage: string): Happening => ({
  type: 'DealAdvanced',
  data: { dealId, stage },
  later: 1,
  late: 0,
});
const history = [opened('d1'), advanced('d1', 'poison'), advanced('d1', 'won')];

const skip = async (store: Awaited<ReturnType<typeof logOf>>, reason = 'a test entry') =>
  skipDeadLetter({
    store,
    database: database(),
    projection: pipeline,
    subject: { table: 'deals', key: 'd1' },
    by: 'wang',
    reason,
  });

const stagesOf = async () =>
  (await database().pool.query(`select entries from pipeline.deals where deal_id = 'd1'`)).rows[0].entries.map(
    ({ stage }: { stage: string }) => stage,
  );

const rebuilt = (store: Awaited<ReturnType<typeof logOf>>, projection: Projection = pipeline) =>
  rebuild({ store, database: database(), projection, timeZone: TIME_ZONE, log: silent });

describe('A dead letter that is skipped', () => {
  it('is left out, with who, when and why; what waits behind it is folded', async () => {
    const store = await logOf(history);
    await foldInPages(database(), pipeline, store, 10);
    expect(await skip(store, ' a test entry ')).toEqual({ position: 2, type: 'DealAdvanced', replayed: 1, left: 0 });
    expect(await stagesOf()).toEqual(['won']);
    expect(await deadLetters(database())).toEqual([]);
    expect(await skippedEvents(database())).toEqual([
      {
        projection: 'pipeline',
        table: 'deals',
        key: 'd1',
        position: 2,
        stream: 'deal-d1',
        revision: '1',
        type: 'DealAdvanced',
        version: 1,
        error: expect.stringContaining('nobody knows this stage'),
        reason: 'a test entry',
        skippedBy: 'wang',
        skippedAt: expect.stringMatching(/^2.*Z$/),
      },
    ]);
    const [status] = await projectionStatus(database(), store, () => '2026-03-01T00:00:00.000Z');
    expect(status).toMatchObject({ deadLetters: 0, skipped: 1 });
  });

  it('frees its key only up to the next event that cannot be folded', async () => {
    const store = await logOf([...history, advanced('d1', 'poison')]);
    await foldInPages(database(), pipeline, store, 10);
    expect(await skip(store)).toMatchObject({ position: 2, replayed: 0, left: 2 });
    expect(await stagesOf()).toEqual([]);
    expect(await skip(store)).toMatchObject({ position: 3, replayed: 0, left: 1 });
  });

  it('is refused without a reason, and where nothing is stuck', async () => {
    const store = await logOf(history);
    await foldInPages(database(), pipeline, store, 10);
    await expect(skip(store, '  ')).rejects.toMatchObject({ code: 'BAD_USER_INPUT', details: { field: 'reason' } });
    await skip(store);
    await expect(skip(store)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await skippedEvents(database())).toHaveLength(1);
  });

  it('is left out of a rebuild too, which stops at every other event that cannot be folded', async () => {
    const store = await logOf([...history, opened('d2'), advanced('d2', 'poison')]);
    await foldInPages(database(), pipeline, store, 10);
    await skip(store);
    const failed = rebuilt(store);
    await expect(failed).rejects.toThrow(FoldFailure);
    await expect(failed).rejects.toThrow('DealAdvanced at position 5');

    const shorter = await logOf(history);
    await forget(database(), pipeline);
    await foldInPages(database(), pipeline, shorter, 10);
    const live = await digest(database(), pipeline);
    expect((await rebuilt(shorter)).swapped).toBe(true);
    expect(await stagesOf()).toEqual(['won']);
    expect(await digest(database(), pipeline)).toEqual(live);
  });

  it('is tried again by another version, which passes over it only where it fails too', async () => {
    const store = await logOf(history);
    await foldInPages(database(), pipeline, store, 10);
    await skip(store);
    expect((await rebuilt(store, { ...pipeline, version: 2 })).swapped).toBe(true);
    expect(await stagesOf()).toEqual(['won']);
    expect((await rebuilt(store, { ...mended(), version: 3 })).swapped).toBe(true);
    expect(await stagesOf()).toEqual(['mended', 'won']);
  });

  it('is left out also where only the database refused it', async () => {
    const store = await logOf([opened('d1'), advanced('d1', 'won')]);
    await foldInPages(database(), pipeline, await logOf([]), 10);
    await database().pool.query(`alter table pipeline.deals add check (last_stage <> 'won')`);
    await foldInPages(database(), pipeline, store, 10);
    expect(await skip(store)).toMatchObject({ position: 2, replayed: 0, left: 0 });
    expect((await rebuilt(store)).swapped).toBe(true);
    expect(await stagesOf()).toEqual([]);
  });
});
