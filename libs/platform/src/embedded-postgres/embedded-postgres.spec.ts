import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { type Child, child } from '#test/support/child.js';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres.js';
import { isAlive, stampOf } from './processes.js';

const newFolder = () => mkdtempSync(join(tmpdir(), 'embedded-postgres-'));
const madeIn = (dataDir: string) =>
  existsSync(join(dataDir, 'postgres')) ? readdirSync(join(dataDir, 'postgres')) : [];
const removed = (dataDir: string) => rmSync(dataDir, { recursive: true, force: true });

const users: EmbeddedPostgres[] = [];
const children: Child[] = [];

async function start(dataDir: string): Promise<EmbeddedPostgres> {
  const postgres = await startEmbeddedPostgres({ dataDir });
  users.push(postgres);
  return postgres;
}

/** Another process that starts it, prints its URL, and uses it until it is killed. */
function startElsewhere(dataDir: string): Child {
  const other = child(`import { startEmbeddedPostgres } from '#platform/embedded-postgres/embedded-postgres.js';
    setInterval(() => {}, 1000);
    console.log((await startEmbeddedPostgres({ dataDir: ${JSON.stringify(dataDir)} })).url);`);
  children.push(other);
  return other;
}

/** No server of a test outlives it, whatever failed. */
async function endAll(dataDir: string): Promise<void> {
  await Promise.all(children.splice(0).map(other => other.kill()));
  if (madeIn(dataDir).includes('cluster')) await start(dataDir); // adopts what a killed process left
  await Promise.all(users.splice(0).map(user => user.stop()));
}

// Slow: each of these makes a database cluster, which takes a second or more.
describe('the first start of the embedded Postgres', () => {
  let dataDir: string;
  beforeEach(() => {
    dataDir = newFolder();
  });
  afterEach(() => endAll(dataDir).finally(() => removed(dataDir)));

  it('makes one server for all that start at once, and it ends with the last of them', async () => {
    const [mine, ...theirs] = await Promise.all([
      start(dataDir),
      startElsewhere(dataDir).line(),
      startElsewhere(dataDir).line(),
    ]);
    expect(theirs).toEqual([mine.url, mine.url]);
    await Promise.all(children.map(other => other.kill()));
    const last = await start(dataDir);
    await mine.stop();
    expect(await query(last.url, 'SELECT 1 AS alive')).toEqual([{ alive: 1 }]);
    await last.stop();
    await expect(query(mine.url, 'SELECT 1')).rejects.toThrow('ECONNREFUSED');
  });

  it('leaves nothing half made when it is killed', async () => {
    const killed = startElsewhere(dataDir);
    while (!madeIn(dataDir).some(name => name.startsWith('unfinished'))) await delay(5);
    await killed.kill();
    expect(madeIn(dataDir)).not.toContain('cluster');
    expect(await query((await start(dataDir)).url, 'SELECT 1 AS alive')).toEqual([{ alive: 1 }]);
    expect(madeIn(dataDir).filter(name => name.startsWith('unfinished'))).toEqual([]);
  });

  it('says in a sentence what is wrong when the folder cannot be used', async () => {
    writeFileSync(join(dataDir, 'file'), '');
    const sentence = /^The database folder .*file.postgres cannot be used\. Set DATA_DIR to another one\./;
    await expect(start(join(dataDir, 'file'))).rejects.toThrow(sentence);
  });
});

describe('the embedded Postgres', () => {
  let dataDir: string;
  beforeAll(() => {
    dataDir = newFolder();
  });
  afterEach(() => endAll(dataDir));
  afterAll(() => removed(dataDir));

  it('keeps what was written when it stops and starts again', async () => {
    const first = await start(dataDir);
    await query(first.url, 'CREATE TABLE customers AS SELECT 42 AS id');
    await first.stop();
    const second = await start(dataDir);
    expect(await query(second.url, 'SELECT id FROM customers')).toEqual([{ id: 42 }]);
  });

  it('is durable, speaks UTF-8 in byte order, and serves a role that is no superuser', async () => {
    const { url } = await start(dataDir);
    const show = `SELECT current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS commit,
      current_setting('server_encoding') AS encoding, current_setting('is_superuser') AS superuser,
      datlocprovider AS provider, datlocale AS locale FROM pg_database WHERE datname = current_database()`;
    const expected = {
      fsync: 'on',
      commit: 'on',
      encoding: 'UTF8',
      superuser: 'off',
      provider: 'b',
      locale: 'C.UTF-8',
    };
    expect(await query(url, show)).toEqual([expected]);
  });

  it('refuses whoever does not know the password, and the superuser always', async () => {
    const { url } = await start(dataDir);
    const stranger = new URL(url);
    stranger.password = 'guessed';
    await expect(query(stranger.href, 'SELECT 1')).rejects.toThrow('password authentication failed');
    const superuser = new URL(url);
    superuser.username = 'postgres';
    await expect(query(superuser.href, 'SELECT 1')).rejects.toThrow('no pg_hba.conf entry');
  });

  it('goes on when its only user was killed, and the next one adopts it', async () => {
    const killed = startElsewhere(dataDir);
    const session = new pg.Client(await killed.line());
    await session.connect();
    await killed.kill();
    await start(dataDir);
    expect((await session.query('SELECT 1 AS alive')).rows).toEqual([{ alive: 1 }]); // still the same server
    await session.end();
  });

  it('starts anew after a power cut, though the process id in its lock file now belongs to somebody else', async () => {
    await (await start(dataDir)).stop();
    const stale = `${process.pid}\n/\n0\n5432\n\n127.0.0.1\n\nready\n`;
    writeFileSync(join(dataDir, 'postgres/cluster/postmaster.pid'), stale);
    expect(await query((await start(dataDir)).url, 'SELECT 1 AS alive')).toEqual([{ alive: 1 }]);
  });

  it('comes back on the same port after it was killed, with what was committed, so that pools find it again', async () => {
    const { url } = await start(dataDir);
    await query(url, 'CREATE TABLE payments AS SELECT 7 AS id');
    const pidFile = join(dataDir, 'postgres/cluster/postmaster.pid');
    const server = stampOf(Number(readFileSync(pidFile, 'utf8').split('\n')[0]));
    process.kill(Number(server.split('-')[0]), 'SIGKILL');
    while (isAlive(server)) await delay(5);
    await start(dataDir);
    expect(await query(url, 'SELECT id FROM payments')).toEqual([{ id: 7 }]);
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
