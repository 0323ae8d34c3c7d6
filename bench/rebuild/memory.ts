import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Position } from '#event-sourcing/event.js';
import type { Database } from '#projections/database.js';
import { projections } from '#read-models/read-models.js';
import type { Finding } from '../finding.js';
import type { Surroundings } from '../surroundings.js';
import { onFilledLog } from './filled.js';

const EVERY_MS = 200;

/** The most memory that the API takes while the projector in the same process builds all read models from a log. */
export const benchMemory = (surroundings: Surroundings): Promise<Finding[]> =>
  onFilledLog(surroundings, async ({ url, store, database }) => [await memory(url, database, await store.head())]);

async function memory(url: string, database: Database, head: Position): Promise<Finding> {
  const dataDir = mkdtempSync(join(tmpdir(), 'chronicle-bench-api-'));
  const env = { ...process.env, DATABASE_URL: url, EVENT_STORE_URL: url, DATA_DIR: dataDir, PORT: '0' };
  const api = spawn(process.execPath, ['dist/apps/api/src/main.js'], {
    env: { ...env, LOG_LEVEL: 'error' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = new Promise(resolve => api.once('exit', resolve));
  let most = 0;
  try {
    while (!(await allAt(database, head))) {
      if (api.exitCode !== null) throw new Error(`The API ended with ${api.exitCode}.`);
      most = Math.max(most, residentMiB(api.pid!));
      await sleep(EVERY_MS);
    }
  } finally {
    api.kill();
    await ended;
    rmSync(dataDir, { recursive: true, force: true });
  }
  return {
    what: `memory of API and projector while all read models are built from ${Number(head).toLocaleString('en-US')} events`,
    configured:
      'The most of the resident set, looked at five times a second, of the process as it is started for production.',
    unit: 'MiB',
    values: [most],
    goal: 400,
    baselines: [],
  };
}

async function allAt({ pool }: Database, head: Position): Promise<boolean> {
  const { rows: made } = await pool.query(`select to_regclass('projections.generations') as generations`);
  if (!made[0].generations) return false;
  const { rows } = await pool.query<{ there: number }>(
    `select count(*) as there from projections.generations where slot = 'live' and position >= $1 and name = any($2)`,
    [head, projections.map(({ name }) => name)],
  );
  return rows[0]!.there === projections.length;
}

const residentMiB = (pid: number): number =>
  Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) / 1_024;
