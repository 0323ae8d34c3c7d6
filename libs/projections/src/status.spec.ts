import { beforeEach, describe, expect, it } from '@jest/globals';
import { prepare } from './prepare.js';
import { projectionStatus } from './status.js';
import { foldInPages, forget } from './testing/engine.js';
import { append, eventsOf, type Happening, logOf, TIME_ZONE } from './testing/history.js';
import { pipeline } from './testing/pipeline.js';
import { databaseForTests } from './testing/test-engine.js';
import { waitForPosition } from './wait.js';

const database = databaseForTests();

beforeEach(async () => {
  await forget(database(), pipeline);
  await prepare({ database: database(), projections: [pipeline], timeZone: TIME_ZONE });
});

const visited: Happening = { type: 'VisitPaid', data: { ownerId: 'li' }, later: 0, late: 0 };
/** Ten seconds after everything that `eventsOf` dates. */
const clock = () => '2026-01-19T18:00:10.000Z';

describe('The status of a projection', () => {
  it('measures the lag against the log, in events and in the age of the oldest', async () => {
    const store = await logOf([visited, visited]);
    await foldInPages(database(), pipeline, store, 10);
    const [upToDate] = await projectionStatus(database(), store, clock);
    expect(upToDate).toMatchObject({
      name: 'pipeline',
      version: 1,
      position: 2n,
      head: 2n,
      lagEvents: 0,
      lagSeconds: 0,
    });

    await append(store, eventsOf([visited, visited, visited, visited, visited]).slice(2));
    const [behind] = await projectionStatus(database(), store, clock);
    expect(behind).toMatchObject({ position: 2n, head: 5n, lagEvents: 3, lagSeconds: 10, state: 'stopped' });
  });

  it('counts no events that do not concern it', async () => {
    const store = await logOf([visited]);
    await foldInPages(database(), pipeline, store, 10);
    const [event] = eventsOf([visited, visited]).slice(1);
    await store.append('other', 'noStream', [{ ...event!, type: 'Unrelated' }]);
    const [status] = await projectionStatus(database(), store, clock);
    expect(status).toMatchObject({ position: 1n, head: 2n, lagEvents: 0, lagSeconds: 0 });
  });

  it('shows who works on it while the lease holds', async () => {
    const sql = `insert into projections.leases values ('pipeline', 'somebody', now() + $1::interval)
      on conflict (name) do update set expires_at = excluded.expires_at`;
    const store = await logOf([]);
    await database().pool.query(sql, ['1 hour']);
    expect(await projectionStatus(database(), store, clock)).toMatchObject([{ owner: 'somebody', state: 'live' }]);
    await database().pool.query(sql, ['-1 s']);
    expect(await projectionStatus(database(), store, clock)).toMatchObject([{ owner: null, state: 'stopped' }]);
  });
});

describe('A reader that waits for a position', () => {
  it('goes on as soon as the projection is there', async () => {
    const store = await logOf([visited, visited]);
    const waiting = waitForPosition(database(), ['pipeline'], 2n, 60_000);
    await foldInPages(database(), pipeline, store, 1);
    await expect(waiting).resolves.toBeUndefined();
  });

  it('is refused when the projection does not come there in time, or does not exist', async () => {
    const refusal = { name: 'Refusal', code: 'NOT_YET_VISIBLE', details: { field: 'atLeast' } };
    await expect(waitForPosition(database(), ['pipeline'], 1n, 30)).rejects.toMatchObject(refusal);
    await expect(waitForPosition(database(), ['pipeline', 'nobody'], 0n, 0)).rejects.toMatchObject(refusal);
    await expect(waitForPosition(database(), ['pipeline'], 0n, 0)).resolves.toBeUndefined();
  });
});
