import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import pg from 'pg';
import type { NewEvent } from '#event-sourcing/event.js';
import { openPostgresStore } from '#event-store/postgres/postgres-event-store.js';

/** Somebody who can write one event to a stream; `revision` is the one that it gets. */
export interface Appender {
  append(stream: string, revision: number, event: NewEvent): Promise<unknown>;
  close(): Promise<unknown>;
}

/** What Emmett's documentation shows for its pool; the bare INSERT gets as many. We append over one connection. */
const POOL_SIZE = 20;

export async function chronicle(url: string): Promise<Appender> {
  const store = await openPostgresStore(url);
  return {
    append: (stream, revision, event) =>
      store.append(stream, revision === 0 ? 'noStream' : BigInt(revision - 1), [event]),
    close: () => store.close(),
  };
}

export const EMMETT = `As its documentation says for production: \`@event-driven-io/emmett-postgresql\` with a \`pg\` pool of its own (max ${POOL_SIZE}), the schema migrated beforehand (\`autoMigration: 'None'\`), an explicit expected version, no inline projection.`;

export async function emmett(url: string): Promise<Appender> {
  const require = createRequire(resolve('bench/peers/package.json'));
  const library = require('@event-driven-io/emmett-postgresql') as EmmettLibrary;
  const pool = new (require('pg') as typeof pg).Pool({ connectionString: url, max: POOL_SIZE });
  const options = { connectionOptions: { pool }, schema: { autoMigration: 'None' } };
  const store = library.getPostgreSQLEventStore(url, options);
  await store.schema.migrate();
  return {
    append: (stream, revision, { type, data, metadata }) =>
      store.appendToStream(stream, [{ type, data, metadata }], { expectedStreamVersion: BigInt(revision) }),
    close: async () => {
      await store.close();
      if (!pool.ended) await pool.end();
    },
  };
}

/** As little as Emmett's types are needed here: its package is installed beside the product, not with it. */
interface EmmettLibrary {
  getPostgreSQLEventStore(url: string, options: object): EmmettStore;
}
interface EmmettStore {
  readonly schema: { migrate(): Promise<unknown> };
  appendToStream(stream: string, events: object[], options: { expectedStreamVersion: bigint }): Promise<unknown>;
  close(): Promise<void>;
}

export const BARE_INSERT = `What a program does that has no event store: one \`INSERT\` per transaction, a prepared statement, \`unique (stream, revision)\` as the guard, \`jsonb\`, a \`pg\` pool (max ${POOL_SIZE}).`;

export async function bareInsert(url: string): Promise<Appender> {
  const pool = new pg.Pool({ connectionString: url, max: POOL_SIZE });
  await pool.query(`
    create table if not exists bare_events (
      position bigint generated always as identity primary key, stream text not null, revision bigint not null,
      id uuid not null, type text not null, recorded_at timestamptz not null, data jsonb not null, metadata jsonb not null,
      unique (stream, revision)
    )`);
  const text = `insert into bare_events (stream, revision, id, type, recorded_at, data, metadata)
    values ($1, $2, $3, $4, $5, $6, $7) returning position`;
  return {
    append: (stream, revision, { id, type, recordedAt, data, metadata }) =>
      pool.query({
        name: 'insert',
        text,
        values: [stream, revision, id, type, recordedAt, JSON.stringify(data), JSON.stringify(metadata)],
      }),
    close: () => pool.end(),
  };
}
