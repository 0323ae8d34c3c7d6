import type pg from 'pg';
import { copyInto } from './copy.js';
import type { RowState } from './row-cache.js';
import { deleteFrom, upsertInto } from './statements.js';
import type { TableShape } from './table-shape.js';
import { type Row, sameValue } from './values.js';

/** Rows that leave the cache, by what has to be done with them. */
export interface LeavingRows {
  /** By key, for the fold may ask for them again before they are stored. */
  readonly states: ReadonlyMap<string, RowState>;
  readonly fresh: readonly Row[];
  readonly changed: readonly Row[];
  readonly deleted: readonly string[];
}

/** Sorts rows that leave the cache; from now on they count as stored. */
export function leave(leaving: readonly RowState[]): LeavingRows {
  const fresh: Row[] = [];
  const changed: Row[] = [];
  const deleted: string[] = [];
  for (const state of leaving) {
    const { key, row, stored } = state;
    if (row && !stored) fresh.push(row);
    else if (row && stored && !sameValue(row, stored)) changed.push(row);
    else if (!row && stored) deleted.push(key);
    // On its way: should the fold need it once more, it counts as stored.
    state.stored = row;
  }
  return { states: new Map(leaving.map(state => [state.key, state])), fresh, changed, deleted };
}

/** Stores them; the table has its key if any of them were stored before. */
export async function storeLeaving(
  client: pg.PoolClient,
  schema: string,
  table: TableShape,
  { fresh, changed, deleted }: LeavingRows,
): Promise<void> {
  if (deleted.length) await client.query(deleteFrom(schema, table), [deleted]);
  if (changed.length) await client.query(upsertInto(schema, table), [JSON.stringify(changed)]);
  await copyInto(client, schema, table, fresh);
}
