import { beforeEach, describe, expect, it } from '@jest/globals';
import { digest } from './digest.js';
import { planOf } from './plan.js';
import { post } from './post.js';
import { Posting } from './posting.js';
import { claim, findGeneration } from './registry.js';
import { foldInPages, forget, openFollower, silent } from './testing/engine.js';
import { append, eventsOf, type Happening, logOf } from './testing/history.js';
import { pipeline } from './testing/pipeline.js';
import { databaseForTests } from './testing/test-engine.js';

const database = databaseForTests();

const opened = (dealId: string, ownerId = 'chen'): Happening => ({
  type: 'DealOpened',
  data: { dealId, ownerId, amount: 5 },
  later: 0,
  late: 0,
});
const advanced = (dealId: string): Happening => ({
  type: 'DealAdvanced',
  data: { dealId, stage: 'won' },
  later: 1,
  late: 0,
});
const history = [opened('d1'), opened('d2', 'li'), advanced('d1'), opened('d3'), advanced('d2')];

/** How many lines the totals have. */
async function lines(): Promise<number> {
  const { rows } = await database().pool.query('select count(*) from pipeline.stage_totals');
  return rows[0].count;
}

/** A follower that has folded everything and posted nothing but the first page. */
async function followed(happenings: readonly Happening[] = history) {
  const store = await logOf(happenings);
  const follower = await openFollower(database(), pipeline);
  for await (const page of store.readAll({ pageSize: 1 })) {
    await follower.take(page);
    await follower.rest();
  }
  return { store, follower };
}

beforeEach(() => forget(database(), pipeline));

describe('Changes of totals', () => {
  it('wait to be posted, and are what a digest says all the same', async () => {
    const { follower } = await followed();
    const [before, waiting] = [await lines(), await digest(database(), pipeline)];
    await follower.post();
    expect([before, await lines()]).toEqual([2, 9]);
    expect(await digest(database(), pipeline)).toEqual(waiting);
  });

  it('are posted once, however many do so at the same time', async () => {
    const { store } = await followed();
    const generation = (await findGeneration(database().pool, 'pipeline', 'live'))!;
    await Promise.all(Array.from({ length: 4 }, () => post(database(), generation, planOf(pipeline))));
    const posted = await digest(database(), pipeline);
    await forget(database(), pipeline);
    await foldInPages(database(), pipeline, store, 10);
    expect(posted).toEqual(await digest(database(), pipeline));
  });

  it('are not posted by whoever was fenced off, but by the next one', async () => {
    const { store, follower } = await followed();
    const before = await lines();
    await claim(database().pool, 'pipeline', 'live');
    await expect(follower.post()).rejects.toThrow('taken over');
    expect(await lines()).toBe(before);
    const next = await openFollower(database(), pipeline);
    await append(store, eventsOf([...history, opened('d4', 'wang')]).slice(history.length));
    for await (const page of store.readAll({ after: next.position })) await next.take(page);
    await next.rest();
    expect(await lines()).toBe(11);
  });

  it('are refused with their event when no index could take them', async () => {
    const { store } = await followed([opened('d1'), opened('d2', '王'.repeat(900)), opened('d3')]);
    const { rows } = await database().pool.query('select key, error from projections.dead_letters');
    expect(rows).toEqual([{ key: 'd2', error: 'A line of stageTotalsChanges would be too long for an index.' }]);
    expect(await store.head()).toBe((await findGeneration(database().pool, 'pipeline', 'live'))!.position);
  });

  it('wait also in tables that were made by a release in which they could not', async () => {
    await followed(history.slice(0, 3));
    await (await openFollower(database(), pipeline)).post();
    for (const table of ['stage_totals', 'standing'])
      await database().pool.query(
        `alter table pipeline.${table}_changes drop column page; drop table pipeline.${table}_posted`,
      );
    const store = await logOf(history);
    await foldInPages(database(), pipeline, store, 1);
    const grown = await digest(database(), pipeline);
    await forget(database(), pipeline);
    await foldInPages(database(), pipeline, store, 10);
    expect(grown).toEqual(await digest(database(), pipeline));
  });
});

describe('Posting', () => {
  const settled = () => new Promise(resolve => setImmediate(resolve));

  it('begins with the first page, and again when it is worth it, one at a time', async () => {
    const ends: (() => void)[] = [];
    const posting = new Posting('pipeline', () => new Promise(resolve => ends.push(resolve)), silent);
    await posting.appended(1);
    await posting.appended(5_000);
    expect(ends).toHaveLength(1);
    ends[0]!();
    await posting.ended();
    await posting.appended(1);
    expect(ends).toHaveLength(2);
    ends[1]!();
    await posting.ended();
    await posting.appended(2_999);
    expect(ends).toHaveLength(2);
    await posting.appended(1);
    expect(ends).toHaveLength(3);
  });

  it('lets pages wait only when very much does, and goes on after a failure', async () => {
    let fail: (error: Error) => void = () => undefined;
    const posting = new Posting('pipeline', () => new Promise((_, reject) => (fail = reject)), silent);
    await posting.appended(1);
    let waited = false;
    const appended = posting.appended(50_000).then(() => {
      waited = true;
    });
    await settled();
    expect(waited).toBe(false);
    fail(new Error('the disk is full'));
    await appended;
    expect(waited).toBe(true);
  });
});
