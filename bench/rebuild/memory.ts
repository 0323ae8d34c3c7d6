import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Position } from '#event-sourcing/event.js';
import type { Database } from '#projections/database.js';
import { schemaOf } from '#projections/naming.js';
import { projections } from '#read-models/read-models.js';
import type { Finding } from '../finding.js';

const EVERY_MS = 200;

/** The most memory that the API takes while the projector in the same process builds all read models from the log at `url`. */
export async function benchMemory(url: string, database: Database, head: Position): Promise<Finding> {
  await forgetReadModels(database);
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

async function forgetReadModels({ pool }: Database): Promise<void> {
  for (const { name } of projections)
    for (const slot of [undefined, 'next', 'previous'] as const)
      await pool.query(`drop schema if exists ${schemaOf(name, slot)} cascade`);
  await pool.query('delete from projections.generations where name = any($1)', [projections.map(({ name }) => name)]);
}

async function allAt({ pool }: Database, head: Position): Promise<boolean> {
  const { rows } = await pool.query<{ there: number }>(
    `select count(*) as there from projections.generations where slot = 'live' and position >= $1 and name = any($2)`,
    [head, projections.map(({ name }) => name)],
  );
  return rows[0]!.there === projections.length;
}

const residentMiB = (pid: number): number =>
  Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) / 1_024;
