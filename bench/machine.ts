import { cpus, loadavg, totalmem } from 'node:os';
import pg from 'pg';

/** Where something was measured: figures of two machines say nothing about each other. */
export interface Machine {
  readonly cores: number;
  readonly processor: string;
  readonly memoryGiB: number;
  /** How many processes wanted to run in the minute before: well above 0, and others took part in what was measured. */
  readonly load: number;
  readonly node: string;
  readonly postgres: string;
  /** What Postgres was told, as far as it differs from its defaults and matters for speed. */
  readonly settings: Readonly<Record<string, string>>;
}

const SETTINGS = [
  'fsync',
  'synchronous_commit',
  'full_page_writes',
  'shared_buffers',
  'work_mem',
  'max_wal_size',
  'wal_compression',
];

export async function thisMachine(postgresUrl: string): Promise<Machine> {
  const client = new pg.Client(postgresUrl);
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string; value: string }>(
      'select name, current_setting(name) as value from pg_settings where name = any($1) order by name',
      [[...SETTINGS, 'server_version']],
    );
    const { server_version: postgres, ...settings } = Object.fromEntries(rows.map(({ name, value }) => [name, value]));
    return {
      cores: cpus().length,
      processor: cpus()[0]?.model ?? 'unknown',
      memoryGiB: Math.round(totalmem() / 2 ** 30),
      load: loadavg()[0]!,
      node: process.version,
      postgres: postgres!,
      settings,
    };
  } finally {
    await client.end();
  }
}
