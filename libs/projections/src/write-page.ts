import type pg from 'pg';
import type { Fold } from './fold.js';
import type { RowsPlan } from './plan.js';
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

/** Writes rows, each table with one statement. */
export async function writeRows(client: Queryable, schema: string, plan: RowsPlan, states: Iterable<RowState>) {
  const { upserts, deletes } = pendingOf(states);
  if (deletes.length) await client.query(prepared(deleteFrom(schema, plan.shape), [deletes]));
  if (upserts.length) await client.query(prepared(upsertInto(schema, plan.shape), [JSON.stringify(upserts)]));
}

/** Lines that are in the order of their columns, by name. */
const named = ({ columns }: TableShape, lines: readonly Change[]): Row[] =>
  lines.map(line => Object.fromEntries(columns.map(([name], index) => [name, line[index]])));

/** Where a sum that came to nothing stands: the place of its table in the plan, and its place there. */
interface Zero {
  readonly place: number;
  readonly zero: string;
}

/** Writes all that a fold has pending. The fold is told by its caller, after the commit, that it may forget it. */
export async function writeFolded(client: Queryable, schema: string, fold: Fold): Promise<void> {
  for (const { plan, touched } of fold.tables) await writeRows(client, schema, plan, touched);
  for (const changes of fold.totals) {
    const { plan } = changes;
    const lines = named(plan.changes, changes.drain());
    if (!lines.length) continue;
    const { rows } = await client.query<Zero>(prepared(addChanges(schema, plan), [JSON.stringify(lines)]));
    for (const [place, summary] of plan.summaries.entries()) {
      const zeros = rows.filter(row => row.place === place).map(({ zero }) => zero);
      if (zeros.length) await client.query(prepared(deleteZeros(schema, summary), [zeros]));
    }
  }
  for (const [plan, lines] of fold.lines)
    if (lines.length) await client.query(prepared(insertInto(schema, plan.shape), [JSON.stringify(lines.splice(0))]));
}

/** Loads the rows that a fold is missing, one query per table. */
export async function loadMissing(
  client: Queryable,
  schema: string,
  missing: ReadonlyMap<RowsFold, ReadonlySet<string>>,
): Promise<void> {
  for (const [table, keys] of missing) {
    const { shape, table: definition } = table.plan;
    const { rows } = await client.query<Row>(prepared(selectFrom(schema, shape), [[...keys]]));
    table.adopt(keys, new Map(rows.map(row => [row[definition.key] as string, row])));
  }
}
