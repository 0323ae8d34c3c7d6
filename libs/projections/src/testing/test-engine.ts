import { afterAll, beforeAll } from '@jest/globals';
import { testDatabase } from '#test/support/postgres.js';
import { type Database, openDatabase } from '../database.js';

/** A database for the tests of one file, opened before them and dropped after them. */
export function databaseForTests(): () => Database {
  let opened: { database: Database; drop(): Promise<void> } | undefined;
  beforeAll(async () => {
    const { url, drop } = await testDatabase();
    opened = { database: openDatabase(url, { max: 20 }), drop };
  }, 60_000);
  afterAll(async () => {
    await opened?.database.close();
    await opened?.drop();
  });
  return () => opened!.database;
}
