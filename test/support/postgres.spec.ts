import { afterEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { type TestDatabase, testDatabase } from './postgres.js';

describe('the database of a test', () => {
  const databases: TestDatabase[] = [];
  const fresh = async () => {
    const database = await testDatabase();
    databases.push(database);
    return database;
  };
  afterEach(() => Promise.all(databases.splice(0).map(database => database.drop())));

  it('is its own: another caller does not see its tables', async () => {
    const [one, other] = await Promise.all([fresh(), fresh()]);
    await query(one.url, 'CREATE TABLE leads (id text)');
    expect(await query(one.url, "SELECT to_regclass('leads') AS found")).toEqual([{ found: 'leads' }]);
    expect(await query(other.url, "SELECT to_regclass('leads') AS found")).toEqual([{ found: null }]);
  });

  it('is gone after drop, even when a session is still open', async () => {
    const { url, drop } = await fresh();
    const client = new pg.Client(url);
    client.on('error', () => {}); // it is cut
    await client.connect();
    await drop();
    await expect(query(url, 'SELECT 1')).rejects.toThrow('does not exist');
  });
});

async function query(url: string, statement: string): Promise<unknown[]> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query(statement)).rows;
  } finally {
    await client.end();
  }
}
