import type pg from 'pg';
import type { Position } from '#event-sourcing/event.js';
import type { EventStore } from '#event-sourcing/event-store.js';
import type { Projection } from '#event-sourcing/projection.js';
import { refuse } from '#event-sourcing/refusal.js';
import { catchUp } from '#projections/catch-up.js';
import type { Database } from '#projections/database.js';
import { Follower } from '#projections/follower.js';
import type { Log } from '#projections/log.js';
import { quoted, schemaOf } from '#projections/naming.js';
import { type Plan, planOf } from '#projections/plan.js';
import { claim, findGeneration, type Generation } from '#projections/registry.js';

/** A table of which one version says something else than the other. */
export interface TableDifference {
  readonly table: string;
  /** Lines that only one of them has, and those in which they differ; `undefined`: the two are defined otherwise. */
  readonly lines?: { readonly onlyLive: number; readonly onlyCandidate: number; readonly changed: number };
  /** Of totals: each figure summed up over all lines. */
  readonly figures: readonly { readonly name: string; readonly live: number; readonly candidate: number }[];
  readonly examples: readonly { readonly key: unknown; readonly live: unknown; readonly candidate: unknown }[];
}

export interface Differences {
  readonly live: Pick<Generation, 'version' | 'position'>;
  readonly candidate: Pick<Generation, 'version' | 'position' | 'slot'>;
  readonly tables: readonly TableDifference[];
}

export interface DifferencesRequest {
  readonly store: EventStore;
  readonly database: Database;
  readonly projection: Projection;
  readonly log: Log;
  /** Examples per table at most. */
  readonly examples: number;
}

/** How often the candidate runs after a live version that moves on; then it is compared where it is. */
const ATTEMPTS = 10;

/** What identifies a line of a table, and what it says. */
interface Comparable {
  readonly table: string;
  readonly sql: string;
  readonly key: readonly string[];
  readonly sums: readonly string[];
  readonly where: string;
}

/**
 * Compares the live tables with those that a rebuild left beside them (`next`, brought to the live position first), or else with the
 * ones that were live before (`previous`, as they were left).
 * @throws Refusal NOT_FOUND when there are no others, CONFLICT while they are being built.
 */
export async function differencesOf(request: DifferencesRequest): Promise<Differences> {
  const { database, projection } = request;
  const { name } = projection;
  await refuseWhileBuilding(database, name);
  const next = await findGeneration(database.pool, name, 'next');
  const candidate = next ?? (await findGeneration(database.pool, name, 'previous'));
  if (!candidate) throw refuse('NOT_FOUND', `There are no other tables of ${name} to compare with; rebuild it first.`);
  const client = await database.pool.connect();
  try {
    for (let attempt = 1; ; attempt++) {
      if (next) await bringUp(request, next);
      await client.query('begin isolation level repeatable read read only');
      const live = (await findGeneration(client, name, 'live'))!;
      const beside = (await findGeneration(client, name, candidate.slot))!;
      if (!next || live.position === beside.position || attempt === ATTEMPTS) {
        const tables = await tablesThatDiffer(client, request, beside.slot as 'next' | 'previous');
        return { live, candidate: beside, tables };
      }
      await client.query('rollback');
    }
  } finally {
    await client.query('rollback').then(
      () => client.release(),
      broken => client.release(broken),
    );
  }
}

async function refuseWhileBuilding({ pool }: Database, name: string): Promise<void> {
  const sql = 'select from projections.leases where name = $1 and expires_at > clock_timestamp()';
  // Comparing would take the tables over from whoever builds them.
  const { rowCount } = await pool.query(sql, [`${name}:build`]);
  if (rowCount) throw refuse('CONFLICT', `${name} is being rebuilt; compare when that is done.`);
}

async function bringUp({ store, database, projection, log }: DifferencesRequest, next: Generation): Promise<void> {
  if (next.version !== projection.version) return;
  const live = (await findGeneration(database.pool, next.name, 'live'))!;
  const claimed = await claim(database.pool, next.name, 'next');
  if (!claimed) return;
  const follower = await Follower.open(database, planOf(projection), claimed, log, true);
  await catchUp(store, follower, { until: live.position as Position });
}

async function tablesThatDiffer(
  client: pg.PoolClient,
  { projection, examples }: DifferencesRequest,
  slot: 'next' | 'previous',
): Promise<TableDifference[]> {
  const [live, beside] = [schemaOf(projection.name), schemaOf(projection.name, slot)];
  const found: TableDifference[] = [];
  for (const comparable of comparablesOf(planOf(projection))) {
    await client.query('savepoint before_table');
    try {
      const difference = await compared(client, comparable, [live, beside], examples);
      if (difference) found.push(difference);
    } catch (error) {
      // Undefined table, undefined column: one of the versions does not have it.
      if (!['42P01', '42703'].includes((error as { code?: string }).code ?? '')) throw error;
      await client.query('rollback to savepoint before_table');
      found.push({ table: comparable.table, figures: [], examples: [] });
    }
  }
  return found;
}

function comparablesOf({ rows, logs, totals }: Plan): Comparable[] {
  return [
    ...rows.map(({ table, shape }) => ({
      table: shape.name,
      sql: shape.sql,
      key: [table.key],
      sums: [],
      where: 'true',
    })),
    ...logs.map(({ shape }) => {
      const key = shape.columns.map(([name]) => name);
      return { table: shape.name, sql: shape.sql, key, sums: [], where: 'true' };
    }),
    ...totals.map(({ summaries: [{ shape }], by, each, sums, date }) => {
      // A total of nothing is as good as none; the months and roll-ups only repeat what the days say.
      const anything = sums.map(sum => `${quoted(sum)} <> 0`).join(' or ') || 'true';
      const where = `(${anything})${date ? ` and grain = 'd'` : ''}`;
      return { table: shape.name, sql: shape.sql, key: [...by, ...each], sums, where };
    }),
  ];
}

interface Line {
  readonly key: unknown;
  readonly live: unknown;
  readonly candidate: unknown;
  readonly onlyLive: number;
  readonly onlyCandidate: number;
  readonly all: number;
}

async function compared(
  client: pg.PoolClient,
  { table, sql, key, sums, where }: Comparable,
  [live, candidate]: readonly [string, string],
  examples: number,
): Promise<TableDifference | undefined> {
  const keyOf = `jsonb_build_object(${key.map(name => `'${name}', ${quoted(name)}`).join(', ')})`;
  const besidesKey = ['grain', ...key].map(name => ` - '${quoted(name).slice(1, -1)}'`).join('');
  // Lines without a key of their own may occur several times.
  const lines = (
    schema: string,
  ) => `select ${keyOf} as key, jsonb_agg(to_jsonb(t)${besidesKey} order by to_jsonb(t)) as says
    from ${schema}.${sql} t where ${where} group by 1`;
  const { rows } = await client.query<Line>(
    `select key, l.says as live, c.says as candidate, count(*) over () as "all",
       count(*) filter (where c.says is null) over () as "onlyLive", count(*) filter (where l.says is null) over () as "onlyCandidate"
     from (${lines(live)}) l full join (${lines(candidate)}) c using (key)
     where l.says is distinct from c.says order by key limit ${Math.max(examples, 1)}`,
  );
  const [first] = rows;
  if (!first) return undefined;
  const { onlyLive, onlyCandidate, all } = first;
  const summed = await Promise.all([live, candidate].map(schema => sumsOf(client, `${schema}.${sql}`, sums, where)));
  return {
    table,
    lines: { onlyLive, onlyCandidate, changed: all - onlyLive - onlyCandidate },
    figures: sums.map(name => ({ name, live: summed[0]![name] ?? 0, candidate: summed[1]![name] ?? 0 })),
    examples: rows
      .slice(0, examples)
      .map(({ key, live, candidate }) => ({ key, live: one(live), candidate: one(candidate) })),
  };
}

/** A line that occurs once is shown as it is. */
const one = (lines: unknown): unknown => (Array.isArray(lines) && lines.length === 1 ? lines[0] : lines);

async function sumsOf(client: pg.PoolClient, table: string, sums: readonly string[], where: string) {
  if (sums.length === 0) return {};
  const columns = sums.map(name => `sum(${quoted(name)}) as "${name}"`).join(', ');
  const { rows } = await client.query<Record<string, number | null>>(`select ${columns} from ${table} where ${where}`);
  return rows[0]!;
}
