import 'reflect-metadata';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { openSystem, type System } from '#apps/system/src/system.js';
import { configFrom } from '#platform/config.js';
import { startEmbeddedPostgres } from '#platform/embedded-postgres/embedded-postgres.js';
import { benchAppend } from './append.js';
import { benchImport } from './import.js';
import { benchRebuild } from './projections.js';
import { benchReports } from './reports.js';

const REAL_EXPORT = '../shared/data/crm-sales-opportunities';
const MAPPING = 'examples/crm-sales-opportunities/mapping.json';

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    events: { type: 'string', default: '300000' },
    opportunities: { type: 'string', default: '100000' },
    folder: { type: 'string', default: REAL_EXPORT },
  },
});

const dataDir = mkdtempSync(join(tmpdir(), 'chronicle-bench-'));
const postgres = await startEmbeddedPostgres({ dataDir });
let databases = 0;

/** An empty database of its own for every benchmark, all on one Postgres. */
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
    configFrom({ DATABASE_URL: url, EVENT_STORE_URL: url, DATA_DIR: dataDir, LOG_LEVEL: 'error', PORT: '0' }),
  );
  try {
    return await work(system);
  } finally {
    await system.close();
  }
}

const benchmarks: Readonly<Record<string, () => Promise<unknown>>> = {
  append: async () => benchAppend({ url: await freshDatabase(), seconds: 1 }),
  rebuild: async () => benchRebuild({ url: await freshDatabase(), events: Number(values.events) }),
  import: async () =>
    existsSync(values.folder)
      ? onSystem(system => benchImport(system, values.folder, MAPPING))
      : `skipped: there is no ${values.folder}`,
  reports: () => onSystem(system => benchReports(system, Number(values.opportunities))),
};

const results: Record<string, unknown> = {
  machine: { cores: cpus().length, processor: cpus()[0]?.model, node: process.version },
};
try {
  for (const [name, measure] of Object.entries(benchmarks)) {
    if (values.only && values.only !== name) continue;
    process.stdout.write(`\n== ${name}\n`);
    results[name] = await measure();
    console.dir(results[name], { depth: null });
  }
  mkdirSync('bench', { recursive: true });
  writeFileSync('bench/results.json', `${JSON.stringify(results, null, 2)}\n`);
} finally {
  await postgres.stop();
  rmSync(dataDir, { recursive: true, force: true });
}
