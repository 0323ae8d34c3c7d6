import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import pg from 'pg';
import { openSystem, type System } from '#apps/system/src/system.js';
import { configFrom } from '#platform/config.js';
import { startEmbeddedPostgres } from '#platform/embedded-postgres/embedded-postgres.js';
import { UNLIMITED } from '#test/support/unlimited.js';
import type { Finding, Skipped } from './finding.js';

/** What a benchmark may use. */
export interface Surroundings {
  /** Also the largest sizes, which take long. */
  readonly full: boolean;
  /** The url of an empty database on the embedded Postgres that all benchmarks share. */
  freshDatabase(): Promise<string>;
  /**
   * Opens a system for as long as the work takes: on an empty database, or on that of a name, which stays as it was left by an
   * earlier run in the same folder.
   */
  onSystem<Result>(work: (system: System) => Promise<Result>, name?: string): Promise<Result>;
}

/** Measures something, and says what it found or why it cannot be measured here. */
export type Benchmark = (surroundings: Surroundings) => Promise<Finding[] | Skipped>;

export interface BenchPostgres {
  readonly url: string;
  surroundings(full: boolean): Surroundings;
  /** Stops Postgres and deletes its data. */
  close(): Promise<void>;
}

/**
 * Starts an embedded Postgres of its own, with the settings that the product runs it with.
 * @param kept A folder that stays when all is done, so that what took long to generate is there the next time; default: a temporary one.
 */
export async function startBenchPostgres(kept?: string): Promise<BenchPostgres> {
  const dataDir = kept ? resolve(kept) : mkdtempSync(join(tmpdir(), 'chronicle-bench-'));
  const postgres = await startEmbeddedPostgres({ dataDir });
  let databases = 0;

  async function onServer(work: (client: pg.Client) => Promise<unknown>): Promise<void> {
    const client = new pg.Client(postgres.url);
    await client.connect();
    await work(client).finally(() => client.end());
  }
  const urlOf = (name: string): string => Object.assign(new URL(postgres.url), { pathname: `/${name}` }).href;

  async function freshDatabase(): Promise<string> {
    const name = `bench_${++databases}`;
    await onServer(async client => {
      await client.query(`DROP DATABASE IF EXISTS ${name}`);
      await client.query(`CREATE DATABASE ${name}`);
    });
    return urlOf(name);
  }

  async function databaseOf(name: string): Promise<string> {
    await onServer(async client => {
      const { rows } = await client.query('SELECT FROM pg_database WHERE datname = $1', [name]);
      if (!rows.length) await client.query(`CREATE DATABASE ${name}`);
    });
    return urlOf(name);
  }

  async function onSystem<Result>(work: (system: System) => Promise<Result>, name?: string): Promise<Result> {
    const url = name ? await databaseOf(name) : await freshDatabase();
    const system = await openSystem(
      configFrom({
        DATABASE_URL: url,
        EVENT_STORE_URL: url,
        DATA_DIR: dataDir,
        LOG_LEVEL: 'error',
        PORT: '0',
        ...UNLIMITED,
      }),
    );
    try {
      return await work(system);
    } finally {
      await system.close();
    }
  }

  return {
    url: postgres.url,
    surroundings: full => ({ full, freshDatabase, onSystem }),
    close: async () => {
      await postgres.stop();
      if (!kept) rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
