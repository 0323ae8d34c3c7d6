import type { Database } from '#projections/database.js';
import type { Entry } from './access-log.js';

/** As kysely names it. */
export interface AccessLogTables {
  'accessLog.entries': AccessLogRow;
}

export interface AccessLogRow {
  at: string;
  id: string;
  actorId: string;
  role: string;
  onBehalfOf: string | null;
  operation: string;
  fields: string[];
  arguments: string;
  records: string[];
  rows: number | null;
  outcome: string;
  correlationId: string;
  address: string | null;
}

/** What a text of Postgres cannot hold must not keep the entry out. */
const storable = (_: string, value: unknown) =>
  typeof value === 'string' ? value.replaceAll('\0', '\ufffd').replace(/\p{Cs}/gu, '\ufffd') : value;

/** Writes entries; those that are there already, because an answer was lost, stay as they are. */
export async function insertEntries({ pool }: Pick<Database, 'pool'>, entries: readonly Entry[]): Promise<void> {
  const lines = entries.map(({ arguments: given, ...entry }) => ({
    at: entry.at,
    id: entry.id,
    actor_id: entry.actorId,
    role: entry.role,
    on_behalf_of: entry.onBehalfOf,
    operation: entry.operation,
    fields: entry.fields,
    arguments: JSON.stringify(given, storable),
    records: entry.records,
    rows: entry.rows,
    outcome: entry.outcome,
    correlation_id: entry.correlationId,
    address: entry.address,
  }));
  const months = new Set(entries.map(({ at }) => `${at.slice(0, 7)}-01`));
  await makeMonths({ pool }, months);
  await pool.query(
    `insert into access_log.entries select * from jsonb_to_recordset($1::jsonb) as line (
       at timestamptz, id text, actor_id text, role text, on_behalf_of text, operation text, fields text[], arguments text,
       records text[], rows integer, outcome text, correlation_id text, address text)
     on conflict do nothing`,
    [JSON.stringify(lines, storable)],
  );
}

/** Months that are known to be there, by database. */
const made = new WeakMap<object, Set<string>>();

async function makeMonths({ pool }: Pick<Database, 'pool'>, months: ReadonlySet<string>): Promise<void> {
  const known = made.get(pool) ?? new Set();
  made.set(pool, known);
  for (const month of months) {
    if (known.has(month)) continue;
    await pool.query('select access_log.make_month($1::date)', [month]);
    known.add(month);
  }
}

/** Drops the months that have ended before so many days. */
export async function pruneEntries({ pool }: Pick<Database, 'pool'>, days: number): Promise<void> {
  await pool.query('select access_log.prune($1)', [days]);
}
