import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { startEmbeddedPostgres } from '#platform/embedded-postgres/embedded-postgres.js';

/** A database that no other test sees. */
export interface TestDatabase {
  readonly url: string;
  /** Deletes it; sessions that are still open are cut. A run deletes what remains, so a failed test may leave it. */
  drop(): Promise<void>;
}

/**
 * A fresh, empty database, in the one Postgres that all tests of a run share; it starts with the first call (about a second)
 * and ends with the run. It is the product's own embedded Postgres, with its settings.
 */
export async function testDatabase(): Promise<TestDatabase> {
  const url = new URL(await serverUrl());
  const server = url.href;
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await execute(server, `CREATE DATABASE ${name}`);
  url.pathname = name;
  return { url: url.href, drop: () => drop(server, name) };
}

/** What a role that is no superuser is told while autovacuum, which runs as one, is at work in the database. */
const INSUFFICIENT_PRIVILEGE = '42501';

/** An autovacuum worker cannot be cut, and the end of the run deletes the database all the same. */
async function drop(server: string, name: string): Promise<void> {
  try {
    await execute(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  } catch (error) {
    if ((error as { code?: string }).code !== INSUFFICIENT_PRIVILEGE) throw error;
  }
}

let server: Promise<string> | undefined;

/** Never stopped by a test: the next file of the run adopts it, and the global teardown ends it. */
function serverUrl(): Promise<string> {
  const dataDir = process.env.CHRONICLE_TEST_POSTGRES;
  if (!dataDir)
    throw new Error('CHRONICLE_TEST_POSTGRES is not set: run this test with the Jest configuration in the root.');
  server ??= startEmbeddedPostgres({ dataDir }).then(({ url }) => url);
  return server;
}

async function execute(url: string, statement: string): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
