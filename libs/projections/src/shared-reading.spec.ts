import { beforeEach, expect, it } from '@jest/globals';
import type { Position } from '#event-sourcing/event.js';
import type { EventStore } from '#event-sourcing/event-store.js';
import { digest } from './digest.js';
import type { Follower } from './follower.js';
import { claim } from './registry.js';
import { SharedReading } from './shared-reading.js';
import { eventually, foldInPages, forget, openFollower, silent } from './testing/engine.js';
import { append, eventsOf, type Happening, logOf } from './testing/history.js';
import { pipeline } from './testing/pipeline.js';
import { databaseForTests } from './testing/test-engine.js';

const database = databaseForTests();
const second = { ...pipeline, name: 'second' };

beforeEach(async () => {
  await forget(database(), pipeline);
  await forget(database(), second);
});

const visited: Happening = { type: 'VisitPaid', data: { ownerId: 'li' }, later: 0, late: 0 };

const opened = (dealId: string): Happening => ({
  type: 'DealOpened',
  data: { dealId, ownerId: 'chen', amount: 5 },
  later: 0,
  late: 0,
});

interface Reading {
  readonly followers: readonly Follower[];
  readonly left: readonly string[];
  end(): Promise<void>;
}

/** Lets followers share a reading; notes who leaves it, and why. */
function share(store: EventStore, followers: readonly Follower[]): Reading {
  const end = new AbortController();
  const reading = new SharedReading(store, database(), silent);
  const left: string[] = [];
  const kept = followers.map(follower =>
    reading.keep(follower, end.signal).catch(error => void left.push(`${follower.name}: ${error.message}`)),
  );
  const done = reading.run(end.signal);
  return {
    followers,
    left,
    end: async () => {
      end.abort();
      await Promise.all([...kept, done]);
    },
  };
}

const openBoth = async () => [await openFollower(database(), pipeline), await openFollower(database(), second)];
const arrived = ({ followers }: Reading, at: Position) =>
  eventually(() => followers.every(({ position }) => position === at));

it('Projections that share a reading each get what they have not seen, wherever they start', async () => {
  const store = await logOf([visited, visited, visited]);
  await foldInPages(database(), second, store, 2);
  const followers = await openBoth();
  expect(followers.map(({ position }) => position)).toEqual([0n, 3n]);

  const reading = share(store, followers);
  await append(store, eventsOf([visited, visited, visited, visited]).slice(3));
  await arrived(reading, 4n);
  await reading.end();
  expect(await digest(database(), pipeline)).toEqual(await digest(database(), second));
  expect((await digest(database(), pipeline)).visits).toMatch(/^4:/);
});

it('One that was taken over leaves, and the others get the page all the same', async () => {
  const followers = await openBoth();
  await claim(database().pool, 'second', 'live');
  const reading = share(await logOf([visited, visited]), followers);
  await eventually(() => followers[0]!.position === 2n && reading.left.length > 0);
  await reading.end();
  expect(reading.left).toEqual(['second: second was taken over by another projector.']);
  expect((await digest(database(), pipeline)).visits).toMatch(/^2:/);
  expect((await digest(database(), second)).visits).toMatch(/^0:/);
});

it('What the database refuses of one is parked there, and the others have it', async () => {
  const followers = await openBoth();
  await database().pool.query(`alter table second.deals add check (deal_id <> 'd2')`);
  const reading = share(await logOf([opened('d1'), opened('d2'), visited]), followers);
  await arrived(reading, 3n);
  await reading.end();
  expect(reading.left).toEqual([]);
  const dealsOf = async (schema: string) =>
    (await database().pool.query(`select deal_id as deal from ${schema}.deals order by 1`)).rows.map(
      ({ deal }) => deal,
    );
  expect([await dealsOf('pipeline'), await dealsOf('second')]).toEqual([['d1', 'd2'], ['d1']]);
  const { rows } = await database().pool.query('select key, error from projections.dead_letters');
  expect(rows).toEqual([{ key: 'd2', error: expect.stringContaining('violates check constraint') }]);
});

it('Nobody waits because somebody sits on the tables of one', async () => {
  const followers = await openBoth();
  const holder = await database().pool.connect();
  await holder.query('begin; lock table second.visits');
  const store = await logOf([visited]);
  const reading = share(store, followers);
  await eventually(() => followers[0]!.position === 1n);
  await append(store, eventsOf([visited, visited]).slice(1));
  await eventually(() => followers[0]!.position === 2n);
  expect(followers[1]!.position).toBe(0n);
  await holder.query('rollback');
  holder.release();
  await arrived(reading, 2n);
  await reading.end();
  expect(await digest(database(), pipeline)).toEqual(await digest(database(), second));
}, 20_000);
