import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import pg from 'pg';
import { openPostgresStore, type PostgresEventStore } from '#event-store/postgres/postgres-event-store.js';
import { type TestDatabase, testDatabase } from '#test/support/postgres.js';
import { type ApiProcess, type ApiVariant, startApi } from './api-process.js';
import { acknowledgedOf, Load, missingIn } from './load.js';
import { ReadModels, until } from './read-models.js';
import { Chance, PATIENCE_MS, report, thorough } from './trials.js';

const ALARM_WITHIN_MS = 10_000;
/** How long somebody does nothing in the middle of a transaction; at least until the alarm. */
const STALL_MS = thorough ? 60_000 : 0;
const PER_SECOND = 20;

let database: TestDatabase;
let store: PostgresEventStore;
let readModels: ReadModels;
let holder: pg.Client;
const apis: ApiProcess[] = [];
beforeEach(async () => {
  database = await testDatabase();
  store = await openPostgresStore(database.url);
  readModels = new ReadModels(database.url, store);
  holder = new pg.Client(database.url);
  await holder.connect();
});
afterEach(async () => {
  await holder.end();
  for (const { child } of apis.splice(0)) await child.kill();
  await readModels.close();
  await store.close();
  await database.drop();
});

async function start(variant?: ApiVariant, own?: Record<string, string>): Promise<ApiProcess> {
  const api = await startApi(database.url, variant, own);
  apis.push(api);
  return api;
}

/** Somebody locks a row and does nothing any more; answers how to end it. */
async function hold(row: string): Promise<() => Promise<unknown>> {
  await holder.query('begin');
  await holder.query(`${row} for update`);
  return () => holder.query('rollback');
}

it(
  'A writer that sits on the head of the log raises an alarm within ten seconds, and afterwards nothing is missing',
  async () => {
    const chance = new Chance();
    const api = await start();
    const unwatched = await start('unwatched', { PROJECTOR: 'off' });
    await until(async () => (await api.health('ready')) === 200);
    const loads = [new Load(api, PER_SECOND), new Load(unwatched, PER_SECOND)];
    await Promise.all(loads.map(load => load.answered(5)));

    const release = await hold('select from event_store.head');
    const alarmMs = await untilNotReady(api);
    expect(await api.metric('chronicle_append_oldest_seconds')).toBeGreaterThan(5);
    // Control: to one that does not watch its appends everything seems well, although it waits just as long.
    await until(async () => (await unwatched.metric('chronicle_append_oldest_seconds'))! > 5);
    expect(await unwatched.health('ready')).toBe(200);
    await sleep(Math.max(STALL_MS - alarmMs, 0));
    await release();

    const goesOnMs = await untilReady(api);
    const requests = (await Promise.all(loads.map(load => load.end()))).flat();
    await readModels.upToDate();
    for (const { child } of apis.splice(0)) await child.kill();
    const missed = await missingIn(database.url, requests);
    const wrong = await readModels.wrong();
    const refused = requests.length - acknowledgedOf(requests).length;
    report('a stall of the log shows', chance, { alarmMs, goesOnMs, requests: requests.length, refused, missed });
    expect({ refused, missed, wrong }).toEqual({ refused: 0, missed: 0, wrong: [] });
    expect(alarmMs).toBeLessThan(ALARM_WITHIN_MS);
  },
  PATIENCE_MS,
);

it(
  'Whoever sits on the checkpoint of a read model raises an alarm within ten seconds, and the others go on',
  async () => {
    const chance = new Chance();
    const api = await start();
    await until(async () => (await api.health('ready')) === 200);
    const load = new Load(api, PER_SECOND);
    await load.answered(5);

    const release = await hold(`select from projections.generations where name = 'leadFunnel'`);
    const alarmMs = await untilNotReady(api);
    const stalled = async () => {
      const { data } = await api.ask<{ projections: { name: string; state: string }[] }>(
        '{ projections { name state } }',
      );
      return data!.projections
        .filter(({ state }) => state === 'STALLED')
        .map(({ name }) => name)
        .join();
    };
    // Those that read the same pages go on at their own pace.
    await until(async () => (await stalled()) === 'leadFunnel', 100);
    expect(await api.metric('chronicle_projection_working{projection="leadFunnel",kind="projection"}')).toBe(0);
    expect(await api.metric('chronicle_projection_working{projection="directory",kind="projection"}')).toBe(1);
    await sleep(Math.max(STALL_MS - alarmMs, 0));
    await release();

    const goesOnMs = await untilReady(api);
    const requests = await load.end();
    await readModels.upToDate();
    for (const { child } of apis.splice(0)) await child.kill();
    const wrong = await readModels.wrong();
    report('a stall of a read model shows', chance, {
      alarmMs,
      goesOnMs,
      requests: requests.length,
      wrong: wrong.length,
    });
    expect(wrong).toEqual([]);
    expect(alarmMs).toBeLessThan(ALARM_WITHIN_MS);
  },
  PATIENCE_MS,
);

const untilNotReady = (api: ApiProcess) => timed(async () => (await api.health('ready')) === 503);
const untilReady = (api: ApiProcess) => timed(async () => (await api.health('ready')) === 200);

async function timed(holds: () => Promise<boolean>): Promise<number> {
  const since = performance.now();
  await until(holds, 50);
  return Math.round(performance.now() - since);
}
