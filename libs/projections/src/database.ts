import { EventEmitter } from 'node:events';
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import type { RecordedEvent } from '#event-sourcing/event.js';
import { Naming } from './naming.js';

export interface DatabaseOptions {
  /** Connections at most; default 10. */
  readonly max?: number;
  /** Ends a statement of a reader that takes longer, in ms; default: none. */
  readonly statementTimeoutMs?: number;
  /** Told of connections that broke while idle. The pool replaces them by itself. */
  readonly onConnectionLost?: (error: Error) => void;
}

/** The database of the read models. */
export interface Database {
  /** Its connections send a statement without waiting for the answers to those before it. */
  readonly pool: pg.Pool;
  /** A few connections that wait, as COPY has to. */
  readonly copying: pg.Pool;
  /** Give it types: `database.kysely.withTables<FunnelTables>()`. */
  readonly kysely: Kysely<unknown>;
  /**
   * Emits `moved` with name and position when this process has moved a checkpoint, so that waiting readers need not poll; and
   * `folded` with a `FoldedPage` for whoever watches the work.
   */
  readonly signals: EventEmitter;
  close(): Promise<void>;
}

/** Events that a projection has taken into its tables. */
export interface FoldedPage {
  readonly projection: string;
  readonly events: readonly RecordedEvent[];
  /** By `performance.now()`. */
  readonly began: number;
}

/** Those who build together write one after another, so one connection would do for them. */
const COPYING = 2;
/** How long a connection stays open that nobody needs. */
const IDLE_MS = 10 * 60_000;
const INT8 = 20;
const DATE = 1082;
const TIMESTAMPTZ = 1184;
const NUMERIC = 1700;

/** `2026-03-01 08:00:00.12+00`, as sessions in UTC write it, as an ISO instant with milliseconds. */
function parseInstant(value: string): string {
  if (!value.endsWith('+00') || value[10] !== ' ') return new Date(value).toISOString();
  const milliseconds = value.slice(20, -3).padEnd(3, '0').slice(0, 3);
  return `${value.slice(0, 10)}T${value.slice(11, 19)}.${milliseconds}Z`;
}

/** `numeric` is what Postgres makes of a sum of integers, so it becomes a number too. */
const parsers = new Map<number, (value: string) => unknown>([
  [INT8, Number],
  [NUMERIC, Number],
  [DATE, value => value],
  [TIMESTAMPTZ, parseInstant],
]);

const types = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    (format !== 'binary' && parsers.get(oid)) || pg.types.getTypeParser(oid, format as 'text'),
} as pg.CustomTypesConfig;

/** Opens a pool on the read models: integers are numbers, days and instants strings, names camelCase. */
export function openDatabase(url: string, options: DatabaseOptions = {}): Database {
  const config: pg.PoolConfig = {
    connectionString: url,
    types,
    connectionTimeoutMillis: 5_000,
    application_name: 'chronicle',
    // In UTC an instant is written in one way. Compiling a query, or starting workers for it, costs more than our queries do. Of sums
    // over a few groups Postgres expects many, and would sort all lines rather than keep so many groups in memory.
    options: `-c timezone=UTC -c jit=off -c max_parallel_workers_per_gather=0 -c hash_mem_multiplier=8 -c statement_timeout=${options.statementTimeoutMs ?? 0}`,
  };
  // A connection that was just opened knows no table: its first query takes tens of milliseconds, and would in every burst after a pause.
  const pool = new pg.Pool({ ...config, max: options.max ?? 10, idleTimeoutMillis: IDLE_MS, pipeline: true });
  const copying = new pg.Pool({ ...config, max: COPYING });
  for (const each of [pool, copying]) {
    // Without a listener, a Postgres that stops would take the process down.
    each.on('error', error => options.onConnectionLost?.(error));
    // The same for a connection that breaks while it is lent out but no query is under way; its next query says so.
    each.on('connect', client => client.on('error', () => undefined));
  }
  const kysely = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }), plugins: [new Naming()] });
  return {
    pool,
    copying,
    kysely,
    signals: new EventEmitter().setMaxListeners(0),
    close: async () => {
      await Promise.all([pool.end(), copying.end()]);
    },
  };
}
