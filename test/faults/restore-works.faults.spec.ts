import { execFileSync } from 'node:child_process';
import {
  chownSync,
  cpSync,
  createReadStream,
  createWriteStream,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import type { RecordedEvent } from '#event-sourcing/event.js';
import { openPostgresStore } from '#event-store/postgres/postgres-event-store.js';
import { type TestDatabase, testDatabase } from '#test/support/postgres.js';
import { OwnPostgres } from './own-postgres.js';
import { examine, logOf, projected, sell } from './restored.js';
import { Chance, PATIENCE_MS, report, trials } from './trials.js';

const RESTORES = trials({ short: 1, full: 10 });
const WHOLE = { wrongEvents: 0, holes: 0, undelivered: 0, wrongReadModels: 0 };

let postgres: OwnPostgres;
let dumps: string;
beforeAll(async () => {
  dumps = mkdtempSync(join(tmpdir(), 'chronicle-dumps-'));
  postgres = await OwnPostgres.start();
  await postgres.stop();
  mkdirSync(join(postgres.cluster, 'archived'));
  belongsToServer(postgres, 'archived');
  postgres.configure({ archive_mode: 'on', archive_command: 'cp "%p" "archived/%f"' });
  await postgres.start();
  await work(postgres.url, 60);
});
afterAll(async () => {
  await postgres?.remove();
  rmSync(dumps, { recursive: true, force: true });
});

it(
  'A copy of the stopped cluster goes on, as it was and as it had been at any moment since',
  async () => {
    const chance = new Chance();
    for (let n = 0; n < RESTORES; n++) {
      await postgres.stop();
      const base = join(dumps, `base-${n}`);
      copyFolder(postgres.cluster, base);
      await postgres.start();
      await work(postgres.url, chance.between(1, 40));
      const then = await logAt(postgres.url);
      const moment = await walPosition(postgres.url);
      await work(postgres.url, chance.between(1, 40));
      const now = await logAt(postgres.url);
      await postgres.stop(); // archives the end of its journal

      const latest = await OwnPostgres.startFrom(copy => copyFolder(postgres.cluster, copy.cluster));
      const outcomes = [await examine(latest.url, now)];
      await latest.remove();
      const earlier = await OwnPostgres.startFrom(copy => restoreUpTo(moment, base, copy));
      await untilPromoted(earlier.url);
      outcomes.push(await examine(earlier.url, then));
      await earlier.remove();
      await postgres.start();
      report('restore of a copy', chance, { events: now.length, eventsThen: then.length, ...sum(outcomes) });
      expect(outcomes).toEqual([WHOLE, WHOLE]);
    }
  },
  PATIENCE_MS,
);

it(
  'A dump of the schema event_store, taken while sales go on, is a whole log in a new cluster',
  async () => {
    const chance = new Chance();
    for (let n = 0; n < RESTORES; n++) {
      const before = await headOf(postgres.url);
      const selling = sellInTurn(postgres.url, 10);
      while ((await headOf(postgres.url)) === before); // it has begun
      const dump = await dumpTo(join(dumps, `dump-${n}`), postgres.url, 'one snapshot');
      await selling;
      const now = await logAt(postgres.url);
      const restored = await testDatabase();
      const events = await load(dump, restored);
      const outcome = await examine(restored.url, now.slice(0, events));
      await restored.drop();
      report('restore of a dump', chance, { events, sinceThen: now.length - events, ...outcome });
      expect(outcome).toEqual(WHOLE);
    }
  },
  PATIENCE_MS,
);

it('Control: a dump whose tables were read at two moments is not', async () => {
  const dump = await dumpTo(join(dumps, 'torn'), postgres.url, 'two moments');
  const restored = await testDatabase();
  const events = await load(dump, restored);
  const { holes } = await examine(restored.url, (await logAt(postgres.url)).slice(0, events));
  await restored.drop();
  expect(holes).toBeGreaterThan(0);
});

/** Sales, and read models that have seen them. */
async function work(url: string, sales: number): Promise<void> {
  const store = await openPostgresStore(url);
  await sell(store, sales);
  await projected(url, store);
  await store.close();
}

/** Sales that follow on each other, so that something can be in between. */
async function sellInTurn(url: string, turns: number): Promise<void> {
  const store = await openPostgresStore(url);
  for (let turn = 0; turn < turns; turn++) await sell(store, 6);
  await store.close();
}

async function logAt(url: string): Promise<RecordedEvent[]> {
  const store = await openPostgresStore(url);
  const events = await logOf(store);
  await store.close();
  return events;
}

/** With owners and modes: the server refuses a cluster that is not its own. */
function copyFolder(from: string, to: string): void {
  mkdirSync(join(to, '..'), { recursive: true });
  execFileSync('cp', ['-a', from, to]);
}

function belongsToServer({ cluster }: OwnPostgres, name: string): void {
  const { uid, gid } = statSync(cluster);
  chownSync(join(cluster, name), uid, gid);
}

/** The base copy, the journal that was archived since, and how far to replay it. */
function restoreUpTo(moment: string, base: string, copy: OwnPostgres): void {
  copyFolder(base, copy.cluster);
  cpSync(join(postgres.cluster, 'archived'), join(copy.cluster, 'archived'), { recursive: true });
  execFileSync('chmod', ['-R', 'a+rX', join(copy.cluster, 'archived')]);
  writeFileSync(join(copy.cluster, 'recovery.signal'), '');
  belongsToServer(copy, 'recovery.signal');
  copy.configure({
    archive_mode: 'off',
    restore_command: 'cp "archived/%f" "%p"',
    recovery_target_lsn: moment,
    // The first record behind the moment is of somebody's next commit.
    recovery_target_inclusive: 'off',
    recovery_target_action: 'promote',
  });
}

async function ask<Row extends object>(url: string, statement: string): Promise<Row> {
  const client = new pg.Client(url);
  await client.connect();
  const { rows } = await client.query<Row>(statement);
  await client.end();
  return rows[0]!;
}

const walPosition = async (url: string) =>
  (await ask<{ lsn: string }>(url, 'select pg_current_wal_insert_lsn()::text as lsn')).lsn;

const headOf = async (url: string) =>
  (await ask<{ position: string }>(url, 'select position from event_store.head')).position;

async function untilPromoted(url: string): Promise<void> {
  while ((await ask<{ standby: boolean }>(url, 'select pg_is_in_recovery() as standby')).standby) await sleep(20);
}

const TABLES = ['event_store.events', 'event_store.head'];

/** A file per table, as `COPY` writes it. */
async function dumpTo(folder: string, url: string, consistency: 'one snapshot' | 'two moments'): Promise<string> {
  mkdirSync(folder);
  const client = new pg.Client(url);
  await client.connect();
  if (consistency === 'one snapshot') await client.query('begin isolation level repeatable read read only');
  for (const table of TABLES) {
    await pipeline(client.query(copyTo(`copy ${table} to stdout`)), createWriteStream(join(folder, table)));
    if (consistency === 'two moments') await work(url, 2);
  }
  await client.end();
  return folder;
}

/** How many events were loaded, into a database that has nothing yet. */
async function load(folder: string, { url }: TestDatabase): Promise<number> {
  await (await openPostgresStore(url)).close(); // makes the tables
  const client = new pg.Client(url);
  await client.connect();
  await client.query('begin');
  await client.query('delete from event_store.head');
  for (const table of TABLES)
    await pipeline(createReadStream(join(folder, table)), client.query(copyFrom(`copy ${table} from stdin`)));
  await client.query('commit');
  await client.end();
  return (await ask<{ events: number }>(url, 'select count(*)::int as events from event_store.events')).events;
}

/** Defects of several restores together. */
function sum(outcomes: readonly (typeof WHOLE)[]): Record<string, number> {
  const total: Record<string, number> = {};
  for (const outcome of outcomes)
    for (const [name, count] of Object.entries(outcome)) total[name] = (total[name] ?? 0) + count;
  return total;
}
