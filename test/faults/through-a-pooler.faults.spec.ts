import { afterEach, beforeEach, expect, it } from '@jest/globals';
import pg from 'pg';
import { openPostgresStore } from '#event-store/postgres/postgres-event-store.js';
import type { Child } from '#test/support/child.js';
import { type TestDatabase, testDatabase } from '#test/support/postgres.js';
import { type ApiProcess, startApi } from './api-process.js';
import { acknowledgedOf, Load, missingIn } from './load.js';
import { Pooler, type PoolerOptions } from './pooler.js';
import { startProjector } from './projector-process.js';
import { ReadModels, until } from './read-models.js';
import { Selling, wrongEffects } from './selling.js';
import { Chance, PATIENCE_MS, report, trials } from './trials.js';

const KILLS = trials({ short: 1, full: 50 });
/** As `docs/operations.md` says. */
const IGNORED = ['options'];

let database: TestDatabase;
const poolers: Pooler[] = [];
const clients: pg.Client[] = [];
beforeEach(async () => {
  database = await testDatabase();
});
afterEach(async () => {
  for (const client of clients.splice(0)) await client.end();
  for (const pooler of poolers.splice(0)) await pooler.close();
  await database.drop();
});

async function pooler(options: PoolerOptions): Promise<Pooler> {
  const started = await Pooler.start(database.url, options);
  poolers.push(started);
  return started;
}

async function client({ url }: { readonly url: string }): Promise<pg.Client> {
  const connected = new pg.Client(url);
  clients.push(connected);
  await connected.connect();
  return connected;
}

it(
  'Projectors work and take over through a pooler that gives out connections by the transaction, and so does an API',
  async () => {
    const chance = new Chance();
    // Both log and read models; and one of the old kind for read models alone.
    const whole = await pooler({ servers: 5, ignored: IGNORED, prepared: true });
    const old = await pooler({ servers: 5, ignored: IGNORED });
    const store = await openPostgresStore(database.url);
    const readModels = new ReadModels(database.url, store);
    const selling = new Selling(store, 'sales', 1);
    const processes = new Set<Child>();
    try {
      const api = await startApi(old.url, 'product', { EVENT_STORE_URL: database.url, PROJECTOR: 'off' });
      processes.add(api.child);
      const load = new Load(api, 10);
      for (let n = 0; n <= KILLS; n++) {
        const projector = startProjector({ url: whole.url });
        processes.add(projector);
        await until(
          async () =>
            (await readModels.ownerOf('stages').catch(() => ''))?.includes(`:${projector.process.pid}:`) ?? false,
        );
        if (n === KILLS) continue;
        await readModels.caughtUp();
        await projector.kill();
        await readModels.leasesExpire();
      }
      await load.answered(10);
      const requests = await load.end();
      await selling.end();
      await readModels.upToDate();
      expect(await readersAnswer(api)).toEqual([]);
      for (const child of processes) await child.kill();
      const outcome = {
        missed: await missingIn(database.url, requests),
        refused: requests.length - acknowledgedOf(requests).length,
        wrong: await readModels.wrong(),
        ...(await wrongEffects(store)),
      };
      const { switches, mostClients } = whole;
      report('through a pooler', chance, {
        kills: KILLS,
        mostClients,
        servers: 5,
        switches,
        events: Number(await store.head()),
        ...outcome,
        wrong: outcome.wrong.length,
      });
      expect(outcome).toEqual({ missed: 0, refused: 0, wrong: [], missing: 0, repeated: 0 });
      expect(mostClients).toBeGreaterThan(5);
      expect(switches).toBeGreaterThan(100);
    } finally {
      for (const child of processes) await child.kill();
      await selling.end();
      await readModels.close();
      await store.close();
    }
  },
  PATIENCE_MS,
);

async function readersAnswer(api: ApiProcess): Promise<readonly unknown[]> {
  const { errors = [] } = await api.ask('{ leads { totalCount } projections { name state } }');
  return errors;
}

it('Control: a lock or a setting of a session, and what somebody listens to, is lost behind the pooler', async () => {
  const shared = await pooler({ servers: 1 });
  const [one, other] = [await client(shared), await client(shared)];
  const lock = 'select pg_try_advisory_lock(1) as mine';
  expect([(await one.query(lock)).rows, (await other.query(lock)).rows]).toEqual([[{ mine: true }], [{ mine: true }]]);
  await one.query(`set work_mem = '5MB'`);
  expect((await other.query('show work_mem')).rows).toEqual([{ work_mem: '5MB' }]);

  const heard: unknown[] = [];
  one.on('notification', message => heard.push(message));
  await one.query('listen something');
  const direct = await client(database);
  await direct.query('notify something');
  await other.query('select 1');
  expect(heard).toEqual([]);
});

it('Control: named statements break where the pooler does not know them', async () => {
  const named = (connection: pg.Client) => connection.query({ name: 'n', text: 'select $1::int as n', values: [1] });
  const [knowing, old] = [await pooler({ servers: 2, prepared: true }), await pooler({ servers: 2 })];
  const [one, other] = [await client(knowing), await client(old)];
  for (let n = 0; n < 3; n++) expect((await named(one)).rows).toEqual([{ n: 1 }]);
  await named(other);
  await expect(named(other)).rejects.toThrow('prepared statement "n" does not exist');
});

it('Control: what we ask for at the start of a connection is refused where the pooler was not told to ignore it', async () => {
  const strict = await pooler({ servers: 1 });
  await expect(openPostgresStore(strict.url)).rejects.toThrow('unsupported startup parameter: options');
});
