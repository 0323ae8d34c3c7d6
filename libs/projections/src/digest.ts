import type pg from 'pg';
import type { Projection } from '#event-sourcing/projection.js';
import type { Database } from './database.js';
import { quoted, schemaOf } from './naming.js';
import { type Plan, planOf, type SummaryPlan, type TotalsPlan } from './plan.js';
import { allSums, changesWait } from './statements.js';
import type { TableShape } from './table-shape.js';

/** What a table holds, as count and hash of its lines in any order, by the table's name in the definition. */
export type Digest = { readonly [table: string]: string };

type Queryable = Pick<pg.ClientBase, 'query'>;

const columnsOf = ({ columns }: TableShape): string => columns.map(([name]) => quoted(name)).join(', ');

/** Sums of 64-bit hashes: equal for equal lines in whatever order, however often each occurs. */
const hashOf = (lines: string): string =>
  `select count(*) || ':' || coalesce(sum(hashtextextended(_line::text, 0)), 0)::text as hash from (${lines}) as _line`;

/** The hash of the sums as they stand, or with the changes added that wait to be posted: only one of the two is computed. */
function hashOfSums(schema: string, totals: TotalsPlan, summary: SummaryPlan): string {
  const waits = changesWait(schema, totals);
  const [posted, all] = [postedSums, allSums].map(lines => hashOf(lines(schema, totals, summary)));
  return `select hash from (${posted}) as posted where not ${waits} union all select hash from (${all}) as complete where ${waits}`;
}

function postedSums(schema: string, { sums, date }: TotalsPlan, { shape }: SummaryPlan): string {
  // A total of nothing is as good as none.
  const anything = sums.map(name => `${quoted(name)} <> 0`).join(' or ') || 'true';
  return `select ${date ? 'grain, ' : ''}${columnsOf(shape)} from ${schema}.${shape.sql} where ${anything}`;
}

/** The changes of a day may have been written in one line or in many: it depends on the pages. */
function changesLines(schema: string, { changes, by, each, sums }: TotalsPlan): string {
  const dimensions = ['knownOn', ...by, ...each].map(quoted).join(', ');
  const summed = sums.map(name => `sum(${quoted(name)})`);
  const anything = summed.map(sum => `${sum} <> 0`).join(' or ') || 'true';
  return `select ${[dimensions, ...summed].join(', ')} from ${schema}.${changes.sql} group by ${dimensions} having ${anything}`;
}

/** A query for each table of a generation that answers its `hash`. */
export function digestQueries(schema: string, plan: Plan): { readonly table: string; readonly sql: string }[] {
  return [
    ...[...plan.rows, ...plan.logs].map(({ shape }) => ({
      table: shape.name,
      sql: hashOf(`select ${columnsOf(shape)} from ${schema}.${shape.sql}`),
    })),
    ...plan.totals.flatMap(totals => [
      ...totals.summaries.map(summary => ({ table: summary.name, sql: hashOfSums(schema, totals, summary) })),
      { table: totals.changes.name, sql: hashOf(changesLines(schema, totals)) },
    ]),
  ];
}

/** What the live tables of a projection hold: two digests are equal when all rows, totals, changes and lines are. */
export async function digest({ pool }: Database, projection: Projection): Promise<Digest> {
  return digestOf(pool, schemaOf(projection.name), planOf(projection));
}

export async function digestOf(client: Queryable, schema: string, plan: Plan): Promise<Digest> {
  const found: Record<string, string> = {};
  for (const { table, sql } of digestQueries(schema, plan)) {
    const { rows } = await client.query<{ hash: string }>(sql);
    found[table] = rows[0]!.hash;
  }
  return found;
}
