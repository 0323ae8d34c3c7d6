import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { startEmbeddedPostgres } from '#platform/embedded-postgres/embedded-postgres.js';
import { testDatabase } from '#test/support/postgres.js';
import { newEvent, newEvents } from '../contract/new-event.js';
import { all, eventsOf } from '../contract/opened-store.js';
import { openPostgresStore } from './postgres-event-store.js';
import { logUnderTest } from './testing/log-under-test.js';

const event = () => newEvent('LeadCaptured', { name: '王小明' });

/** A Postgres of our own, into which its superuser is let: the one that tests share keeps him out, as it should. */
async function serverWithSuperuser() {
  const dataDir = await mkdtemp(join(tmpdir(), 'event-store-guard-'));
  await (await startEmbeddedPostgres({ dataDir })).stop();
  await appendFile(join(dataDir, 'postgres/cluster/pg_hba.conf'), 'host all all 127.0.0.1/32 trust\n');
  const server = await startEmbeddedPostgres({ dataDir });
  const superuserUrl = new URL(server.url);
  superuserUrl.username = 'postgres';
  const superuser = new pg.Client(superuserUrl.href);
  await superuser.connect();
  return {
    url: server.url,
    superuser,
    stop: async () => {
      await superuser.end();
      await server.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

describe('The log in Postgres is append-only (slow: starts a server)', () => {
  let server: Awaited<ReturnType<typeof serverWithSuperuser>>;
  beforeAll(async () => {
    server = await serverWithSuperuser();
    const store = await openPostgresStore(server.url);
    await store.append('lead-1', 'noStream', newEvents('LeadCaptured', 3));
    await store.close();
  }, 120_000);
  afterAll(() => server?.stop());

  it.each([
    `update event_store.events set data = '{}' where position = 1`,
    'delete from event_store.events where position = 3',
    'delete from event_store.events where false',
    'truncate event_store.events',
  ])('for its owner, and for the superuser, also where triggers are off: %s', async statement => {
    const owner = new pg.Client(server.url);
    await owner.connect();
    await expect(owner.query(statement)).rejects.toThrow('append-only');
    await owner.end();
    for (const role of ['origin', 'replica']) {
      await server.superuser.query(`set session_replication_role = ${role}`);
      await expect(server.superuser.query(statement)).rejects.toThrow('append-only');
    }
    const { rows } = await server.superuser.query(
      `select count(*)::int as events from event_store.events where data <> '{}'`,
    );
    expect(rows).toEqual([{ events: 3 }]);
  });

  it('for the application role, which may append and read and nothing else', async () => {
    const role = 'sales_application';
    await server.superuser.query(`create role ${role} login`);
    await (await openPostgresStore(server.url, { applicationRole: role })).close();
    const url = new URL(server.url);
    url.username = role;

    const store = await openPostgresStore(url.href);
    await store.append('lead-2', 'noStream', [event()]);
    expect(await all(store.readStream('lead-2'))).toHaveLength(1);
    await store.close();

    const client = new pg.Client(url.href);
    await client.connect();
    for (const edit of ['update event_store.events set data = null', 'delete from event_store.events'])
      await expect(client.query(edit)).rejects.toThrow('permission denied');
    for (const edit of ['truncate event_store.events', 'delete from event_store.head'])
      await expect(client.query(edit)).rejects.toThrow('permission denied');
    await expect(client.query('drop table event_store.events')).rejects.toThrow('must be owner');
    await client.end();
  });

  it('and does not open on a server that does not flush to disk', async () => {
    await server.superuser.query('alter system set fsync = off');
    await server.superuser.query('select pg_reload_conf()');
    let fsync = 'on';
    while (fsync === 'on') fsync = (await server.superuser.query('show fsync')).rows[0].fsync;
    await expect(openPostgresStore(server.url)).rejects.toThrow('fsync=off');
  });
});

describe('A destroyed event', () => {
  it('is an error for who reads it, and does not end the process', async () => {
    const log = await logUnderTest();
    await log.store.append('lead-1', 'noStream', newEvents('LeadCaptured', 3));
    await log.owner.query('alter table event_store.events disable trigger append_only');
    await log.owner.query(`update event_store.events set data = '{"n":' where position = 2`);
    await expect(all(log.store.readStream('lead-1'))).rejects.toThrow('no longer JSON');
    await expect(all(log.store.readAll())).rejects.toThrow('no longer JSON');
    expect(eventsOf(await all(log.store.readAll({ after: 2n })))).toHaveLength(1);
    await log.close();
  });
});

describe('Opening the log in Postgres', () => {
  it('creates the tables once when many processes start at the same moment', async () => {
    const database = await testDatabase();
    const stores = await Promise.all(Array.from({ length: 8 }, () => openPostgresStore(database.url)));
    await Promise.all(stores.map((store, n) => store.append(`lead-${n}`, 'noStream', [event()])));
    expect(await stores[0]!.head()).toBe(8n);
    await Promise.all(stores.map(store => store.close()));
    await database.drop();
  });

  it('refuses a database that acknowledges before it has written', async () => {
    const log = await logUnderTest();
    const name = new URL(log.url).pathname.slice(1);
    await log.owner.query(`alter database ${name} set synchronous_commit = off`);
    await expect(openPostgresStore(log.url)).rejects.toThrow('synchronous_commit=off');
    await log.owner.query(`alter database ${name} set synchronous_commit = local`);
    await (await openPostgresStore(log.url)).close();
    await log.close();
  });

  it('says that it cannot reach the server', async () => {
    await expect(openPostgresStore('postgres://nobody@127.0.0.1:1/none')).rejects.toThrow('ECONNREFUSED');
  });
});
