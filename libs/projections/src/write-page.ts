import type pg from 'pg';
import type { Fold } from './fold.js';
import { allOf } from './pipeline.js';
import type { RowsPlan, TotalsPlan } from './plan.js';
import { prepared } from './prepared.js';
import type { RowState } from './row-cache.js';
import type { RowsFold } from './rows-fold.js';
import { addChanges, deleteFrom, deleteZeros, insertInto, selectFrom, upsertInto } from './statements.js';
import type { TableShape } from './table-shape.js';
import type { Change } from './totals-changes.js';
import { type Row, sameValue } from './values.js';

type Queryable = Pick<pg.ClientBase, 'query'>;

/** What has to be written of some rows: those that are not stored as they are. */
function pendingOf(states: Iterable<RowState>): { upserts: Row[]; deletes: string[] } {
  const upserts: Row[] = [];
  const deletes: string[] = [];
  for (const { key, row, stored } of states) {
    if (row === stored) continue;
    if (!row) deletes.push(key);
    else if (!stored || !sameValue(row, stored)) upserts.push(row);
  }
  return { upserts, deletes };
}

/** Asks for what has to be written of rows, at once. */
export function writeRows(
  client: Queryable,
  schema: string,
  { shape }: RowsPlan,
  states: Iterable<RowState>,
): Promise<unknown>[] {
  const { upserts, deletes } = pendingOf(states);
  const asked: Promise<unknown>[] = [];
  if (deletes.length) asked.push(client.query(prepared(deleteFrom(schema, shape), [deletes])));
  if (upserts.length) asked.push(client.query(prepared(upsertInto(schema, shape), [JSON.stringify(upserts)])));
  return asked;
}

/** Lines that are in the order of their columns, by name. */
const named = ({ columns }: TableShape, lines: readonly Change[]): Row[] =>
  lines.map(line => Object.fromEntries(columns.map(([name], index) => [name, line[index]])));

/** Where a sum that came to nothing stands: the place of its table in the plan, and its place there. */
interface Zero {
  readonly place: number;
  readonly zero: string;
}

/** Adds changes to totals and takes out the sums that came to nothing, which the database tells. */
async function writeChanges(client: Queryable, schema: string, plan: TotalsPlan, lines: readonly Row[]): Promise<void> {
  const { rows } = await client.query<Zero>(prepared(addChanges(schema, plan), [JSON.stringify(lines)]));
  if (!rows.length) return;
  const deleted = plan.summaries.flatMap((summary, place) => {
    const zeros = rows.filter(row => row.place === place).map(({ zero }) => zero);
    return zeros.length ? [client.query(prepared(deleteZeros(schema, summary), [zeros]))] : [];
  });
  await allOf(deleted);
}

/** Asks at once for all that a fold has pending to be written. The fold is told by its caller, after the commit, that it may forget it. */
export function writeFolded(client: Queryable, schema: string, fold: Fold): Promise<unknown>[] {
  const asked = fold.tables.flatMap(({ plan, touched }) => writeRows(client, schema, plan, touched));
  for (const changes of fold.totals) {
    const lines = named(changes.plan.changes, changes.drain());
    if (lines.length) asked.push(writeChanges(client, schema, changes.plan, lines));
  }
  for (const [{ shape }, lines] of fold.lines)
    if (lines.length) asked.push(client.query(prepared(insertInto(schema, shape), [JSON.stringify(lines.splice(0))])));
  return asked;
}

/** Asks at once for the rows that a fold is missing. */
export function loadMissing(
  client: Queryable,
  schema: string,
  missing: ReadonlyMap<RowsFold, ReadonlySet<string>>,
): Promise<void>[] {
  return [...missing].map(async ([table, keys]) => {
    const { shape, table: definition } = table.plan;
    const { rows } = await client.query<Row>(prepared(selectFrom(schema, shape), [[...keys]]));
    table.adopt(keys, new Map(rows.map(row => [row[definition.key] as string, row])));
  });
}
