import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Refusal } from '#event-sourcing/refusal.js';
import { type Database, openDatabase } from '#projections/database.js';
import { type Access, AccessLog } from '#read-models/access-log/access-log.js';
import { createAccessLog } from '#read-models/access-log/access-log.schema.js';
import { insertEntries } from '#read-models/access-log/access-log.table.js';
import { testDatabase } from '#test/support/postgres.js';
import { type ApiVariant, startApi } from './api-process.js';
import { OwnPostgres } from './own-postgres.js';
import { Chance, PATIENCE_MS, report, trials } from './trials.js';

const KILLS = trials({ short: 1, full: 50 });
const API_KILLS = trials({ short: 1, full: 20 });
const READERS = 20;
/** Before a kill, at least: else it could come before a slow machine has got to work. */
const READS = 100;

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

/** Who cannot be written down in time is not answered. */
function isRefusal(error: unknown): false {
  if (error instanceof Refusal && error.code === 'ACCESS_LOG_UNAVAILABLE') return false;
  throw error;
}

/**
 * Reads again and again, each read with its trace, while the database dies; how many reads have none in the end.
 * @param trace Whether the read is answered: it is refused where its trace cannot be written.
 */
async function untraced(database: Database, trace: (access: Access) => Promise<boolean>, chance: Chance) {
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
    const enough = reads + READS;
    await sleep(chance.between(100, 400));
    while (reads < enough) await sleep(1);
    await postgres.kill();
    await sleep(chance.between(50, 300));
    await postgres.start();
  }
  running = false;
  await Promise.all(readers);
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
  'Every read that is answered has its trace, also when the database is killed while they are written',
  async () => {
    const chance = new Chance();
    const database = openDatabase(postgres.url);
    const log = new AccessLog(database, { days: 400, log: silent });
    const written = (access: Access) => log.written(access).then(() => true, isRefusal);
    const outcome = await untraced(database, written, chance);
    report('access log', chance, outcome);
    await log.close();
    await database.close();
    expect(outcome.reads).toBeGreaterThanOrEqual(KILLS * READS);
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
    const outcome = await untraced(database, once, chance);
    report('access log without patience', chance, outcome);
    await database.close();
    expect(outcome.untraced).toBeGreaterThan(0);
  },
  PATIENCE_MS,
);

/** Readers of cards and lists of an API that is killed in the middle: who was answered, and who of them has no trace. */
async function answeredByKilled(variant: ApiVariant, chance: Chance) {
  const database = await testDatabase();
  const answered: string[] = [];
  try {
    for (let kill = 0; kill < API_KILLS; kill++) {
      const api = await startApi(database.url, variant);
      for (const name of ['王芳', '李娜']) await api.captureLead(name);
      let running = true;
      const reader = async (reader: number) => {
        for (let time = 0; running; time++) {
          const conversation = `${kill}-${reader}-${time}`;
          const document = time % 2 ? '{ leads { nodes { name phone } } }' : '{ customer(id: "c1") { phone } }';
          const answer = await api.ask(document, {}, conversation).catch(() => undefined);
          if (answer?.data) answered.push(conversation);
        }
      };
      const readers = Array.from({ length: 8 }, (_, number) => reader(number));
      const enough = answered.length + chance.between(50, 150);
      while (answered.length < enough) await sleep(1);
      await api.child.kill();
      running = false;
      await Promise.all(readers);
    }
    const after = openDatabase(database.url);
    const { rows } = await after.pool.query<{ missing: number }>(
      `select count(*)::int as missing from unnest($1::text[]) as answer
       where not exists (select from access_log.entries where correlation_id = answer)`,
      [answered],
    );
    await after.close();
    return { kills: API_KILLS, answered: answered.length, untraced: rows[0]!.missing };
  } finally {
    await database.drop();
  }
}

it(
  'Every answer with personal data has its trace, also of an API that was killed the moment it had answered',
  async () => {
    const chance = new Chance();
    const outcome = await answeredByKilled('product', chance);
    report('access log of a killed API', chance, outcome);
    expect(outcome.answered).toBeGreaterThanOrEqual(50 * API_KILLS);
    expect(outcome.untraced).toBe(0);
  },
  PATIENCE_MS,
);

it(
  'Control: an API that writes traces after its answers loses some when it is killed',
  async () => {
    const chance = new Chance();
    const outcome = await answeredByKilled('tracedLater', chance);
    report('access log written after the answer', chance, outcome);
    expect(outcome.untraced).toBeGreaterThan(0);
  },
  PATIENCE_MS,
);
