import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Refusal } from '#event-sourcing/refusal.js';
import { type Database, openDatabase } from '#projections/database.js';
import { type Access, AccessLog } from '#read-models/access-log/access-log.js';
import { createAccessLog } from '#read-models/access-log/access-log.schema.js';
import { insertEntries } from '#read-models/access-log/access-log.table.js';
import { OwnPostgres } from './own-postgres.js';
import { Chance, PATIENCE_MS, report, trials } from './trials.js';

const KILLS = trials({ short: 1, full: 50 });
const READERS = 20;

let postgres: OwnPostgres;
beforeAll(async () => {
  postgres = await OwnPostgres.start();
});
afterAll(() => postgres?.remove());

const silent = { info: () => {}, warn: () => {}, error: () => {} };
const traceOf = (number: number): Access => ({
  at: new Date().toISOString(),
  actorId: 'li',
  role: 'salesperson',
  operation: `read ${number}`,
  fields: [],
  arguments: {},
  records: [],
  outcome: 'ok',
  correlationId: 'x',
});

/** A database that is killed every second may not keep up with the readers. */
function isRefusal(error: unknown): false {
  if (error instanceof Refusal && error.code === 'ACCESS_LOG_FULL') return false;
  throw error;
}

/**
 * Reads again and again, each read with its trace, while the database dies; how many reads have none in the end.
 * @param trace Whether the read may go on: it is refused where its trace would have no room.
 */
async function untraced(
  database: Database,
  trace: (access: Access) => Promise<boolean>,
  chance: Chance,
  end: () => Promise<void>,
) {
  await createAccessLog(database.pool);
  let [tries, reads, running] = [0, 0, true];
  const reader = async () => {
    while (running) {
      if (await trace(traceOf(tries++))) reads++;
      await sleep(1);
    }
  };
  const readers = Array.from({ length: READERS }, reader);
  for (let kill = 0; kill < KILLS; kill++) {
    await sleep(chance.between(100, 400));
    await postgres.kill();
    await sleep(chance.between(50, 300));
    await postgres.start();
  }
  running = false;
  await Promise.all(readers);
  await end();
  const after = openDatabase(postgres.url);
  const { rows } = await after.pool.query<{ n: number }>(
    'select count(distinct operation)::int as n from access_log.entries where actor_id = $1',
    ['li'],
  );
  await after.pool.query('drop schema access_log cascade');
  await after.close();
  return { kills: KILLS, reads, refused: tries - reads, untraced: reads - rows[0]!.n };
}

it(
  'Every read has its trace, also when the database is killed while they are written',
  async () => {
    const chance = new Chance();
    const database = openDatabase(postgres.url);
    const log = new AccessLog(database, { days: 400, log: silent });
    const noting = async (access: Access) => {
      const hasRoom = await log.room().then(() => true, isRefusal);
      if (hasRoom) log.note(access);
      return hasRoom;
    };
    const outcome = await untraced(database, noting, chance, () => log.flushed());
    report('access log', chance, outcome);
    await log.close();
    await database.close();
    expect(outcome.reads).toBeGreaterThan(100);
    expect(outcome.untraced).toBe(0);
  },
  PATIENCE_MS,
);

it(
  'Control: traces that are written once and forgotten are missing then',
  async () => {
    const chance = new Chance();
    const database = openDatabase(postgres.url);
    let count = 0;
    const once = async (access: Access) => {
      await insertEntries(database, [{ ...access, id: String(count++) }]).catch(() => undefined);
      return true;
    };
    const outcome = await untraced(database, once, chance, async () => {});
    report('access log without patience', chance, outcome);
    await database.close();
    expect(outcome.untraced).toBeGreaterThan(0);
  },
  PATIENCE_MS,
);
