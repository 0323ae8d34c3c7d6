import type pg from 'pg';
import type { Fold } from './fold.js';
import type { RowsPlan } from './plan.js';
import { prepared } from './prepared.js';
import type { RowState } from './row-cache.js';
import type { RowsFold } from './rows-fold.js';
import { appendChanges, deleteFrom, insertInto, selectFrom, upsertInto } from './statements.js';
import type { TableShape } from './table-shape.js';
import type { Change } from './totals-changes.js';
import { TooLarge } from './transaction.js';
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

/** What fits into the index of totals, which has all dimensions of a line. Somewhat less than a third of a block of 8 KiB. */
const KEY_BYTES = 2_500;

/** Changes by the names of their columns. @throws TooLarge for one that could not be posted. */
const named = ({ name: table, columns }: TableShape, lines: readonly Change[]): Row[] =>
  lines.map(line => {
    const bytes = line.reduce<number>((sum, one) => sum + (typeof one === 'string' ? Buffer.byteLength(one) : 0), 0);
    if (bytes > KEY_BYTES) throw new TooLarge(`A line of ${table} would be too long for an index.`);
    return Object.fromEntries(columns.map(([name], index) => [name, line[index]]));
  });

/** Asks at once for all that a fold has pending to be written. The fold is told by its caller, after the commit, that it may forget it. */
export function writeFolded(client: Queryable, schema: string, fold: Fold): Promise<unknown>[] {
  // Before anything is asked for, as they may be refused.
  const changed = fold.totals.map(changes => ({
    plan: changes.plan,
    lines: named(changes.plan.changes, changes.drain()),
  }));
  const asked = fold.tables.flatMap(({ plan, touched }) => writeRows(client, schema, plan, touched));
  for (const { plan, lines } of changed)
    if (lines.length) asked.push(client.query(prepared(appendChanges(schema, plan), [JSON.stringify(lines)])));
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
