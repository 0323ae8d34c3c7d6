import { beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type pg from 'pg';
import type { Page } from '#event-sourcing/event-store.js';
import { catchUp } from './catch-up.js';
import type { Database } from './database.js';
import { digest } from './digest.js';
import { Follower } from './follower.js';
import { planOf } from './plan.js';
import { claim, findGeneration } from './registry.js';
import { foldInPages, forget, openFollower, silent } from './testing/engine.js';
import { histories, logOf } from './testing/history.js';
import { pipeline } from './testing/pipeline.js';
import { databaseForTests } from './testing/test-engine.js';

const database = databaseForTests();

beforeEach(() => forget(database(), pipeline));

/** The same database, whose server process dies whenever it is asked to commit. */
function dyingAtCommit(whole: Database): Database {
  const connect = async () => {
    const client = await whole.pool.connect();
    const query = client.query.bind(client) as (...given: unknown[]) => Promise<unknown>;
    const dying = (...given: unknown[]) =>
      query(...(given[0] === 'commit' ? ['select pg_terminate_backend(pg_backend_pid())'] : given));
    // A copy: the connection itself goes back to the pool as it was.
    return Object.assign(Object.create(client) as pg.PoolClient, { query: dying });
  };
  return { ...whole, pool: { connect, query: whole.pool.query.bind(whole.pool) } as pg.Pool };
}

describe('The checkpoint', () => {
  it('moves with its page or not at all, wherever the projector dies or is taken over', async () => {
    const fates = fc.array(fc.constantFrom('written', 'died', 'takenOver'), { minLength: 30, maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(histories(), fc.integer({ min: 2, max: 12 }), fates, async (history, pageSize, fate) => {
        const store = await logOf(history);
        await forget(database(), pipeline);
        await foldInPages(database(), pipeline, store, 1_000);
        const undisturbed = await digest(database(), pipeline);

        await forget(database(), pipeline);
        let follower = await openFollower(database(), pipeline);
        let index = 0;
        for await (const page of store.readAll({ pageSize })) {
          follower = await suffer(follower, page, fate[index++ % fate.length]!);
          expect((await findGeneration(database().pool, 'pipeline', 'live'))?.position).toBe(page.upTo);
        }
        expect(await digest(database(), pipeline)).toEqual(undisturbed);
      }),
      { numRuns: 20 },
    );
  }, 120_000);

  /** Has a page written in spite of what happens to the projector; answers who goes on. */
  async function suffer(follower: Follower, page: Page, fate: string): Promise<Follower> {
    if (fate === 'died') {
      const generation = (await claim(database().pool, 'pipeline', 'live'))!;
      const doomed = await Follower.open(dyingAtCommit(database()), planOf(pipeline), generation, silent);
      await expect(doomed.take(page)).rejects.toThrow();
    }
    const next = fate === 'written' ? follower : await openFollower(database(), pipeline);
    await next.take(page);
    if (fate === 'takenOver') await expect(follower.take(page)).rejects.toThrow('taken over');
    return next;
  }

  it('does not move twice over the same page, should the answer to a commit have been lost', async () => {
    const store = await logOf([{ type: 'VisitPaid', data: { ownerId: 'li' }, later: 0, late: 0 }]);
    await openFollower(database(), pipeline);
    const generation = (await claim(database().pool, 'pipeline', 'live'))!;
    const open = () => Follower.open(database(), planOf(pipeline), generation, silent);
    await catchUp(store, await open());
    await expect(catchUp(store, await open())).rejects.toThrow('taken over');
  });

  it('moves past pages that hold nothing for a projection', async () => {
    const follower = await openFollower(database(), pipeline);
    await follower.take({ events: [], upTo: 7n });
    expect(follower.position).toBe(7n);
    const stale = follower;
    await openFollower(database(), pipeline);
    await expect(stale.take({ events: [], upTo: 9n })).rejects.toThrow('taken over');
    expect((await findGeneration(database().pool, 'pipeline', 'live'))?.position).toBe(7n);
  });
});
