import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
  /** Opens a system on an empty database, for as long as the work takes. */
  onSystem<Result>(work: (system: System) => Promise<Result>): Promise<Result>;
}

/** Measures something, and says what it found or why it cannot be measured here. */
export type Benchmark = (surroundings: Surroundings) => Promise<Finding[] | Skipped>;

export interface BenchPostgres {
  readonly url: string;
  surroundings(full: boolean): Surroundings;
  /** Stops Postgres and deletes its data. */
  close(): Promise<void>;
}

/** Starts an embedded Postgres of its own in a temporary folder, with the settings that the product runs it with. */
export async function startBenchPostgres(): Promise<BenchPostgres> {
  const dataDir = mkdtempSync(join(tmpdir(), 'chronicle-bench-'));
  const postgres = await startEmbeddedPostgres({ dataDir });
  let databases = 0;

  async function freshDatabase(): Promise<string> {
    const name = `bench_${++databases}`;
    const client = new pg.Client(postgres.url);
    await client.connect();
    await client.query(`CREATE DATABASE ${name}`);
    await client.end();
    return Object.assign(new URL(postgres.url), { pathname: `/${name}` }).href;
  }

  async function onSystem<Result>(work: (system: System) => Promise<Result>): Promise<Result> {
    const url = await freshDatabase();
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
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
