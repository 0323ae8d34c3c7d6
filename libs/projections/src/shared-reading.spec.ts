import { beforeEach, expect, it } from '@jest/globals';
import { digest } from './digest.js';
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

it('Projections that share a reading each get what they have not seen, wherever they start', async () => {
  const store = await logOf([visited, visited, visited]);
  await foldInPages(database(), second, store, 2);
  const followers = [await openFollower(database(), pipeline), await openFollower(database(), second)];
  expect(followers.map(({ position }) => position)).toEqual([0n, 3n]);

  const end = new AbortController();
  const reading = new SharedReading(store, database(), silent);
  const kept = followers.map(follower => reading.keep(follower, end.signal));
  const done = reading.run(end.signal);
  await append(store, eventsOf([visited, visited, visited, visited]).slice(3));
  await eventually(() => followers.every(({ position }) => position === 4n));
  end.abort();
  await Promise.all([...kept, done]);
  expect(await digest(database(), pipeline)).toEqual(await digest(database(), second));
  expect((await digest(database(), pipeline)).visits).toMatch(/^4:/);
});
