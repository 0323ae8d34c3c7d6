import { sql } from 'kysely';
import type { Day } from '#event-sourcing/event.js';
import { refuse } from '#event-sourcing/refusal.js';
import { validated } from '#platform/graphql/validate.js';
import type { RowCounts, View } from '../../access/view.js';
import { type Connection, connection, type ListArgs, sliceOf } from '../../shared/connection.js';
import { type Order, type Paged, pageBy, pageOf, type Slice } from '../../shared/keyset.js';
import { hiddenColumns, type List, orderOf, type Sort } from './list.js';
import type { Lookup, Node, Row, TableName } from './lookup.js';

/** Any table of the directory: which one a list reads is data. */
export type AnyTables = { readonly [Path in `directory.${TableName}`]: Row };
type Directory = View<AnyTables>;

/** What a client asks of a list. */
export interface Asked {
  readonly filter?: object | null;
  readonly sort?: Sort | null;
  readonly page: ListArgs;
}

/**
 * A page of a list. The total is counted when it is called for.
 * @throws Refusal BAD_USER_INPUT naming the field and what is allowed, FORBIDDEN for what looks at fields that this viewer does not see.
 */
export async function listed(
  directory: Directory,
  list: List,
  asked: Asked,
  lookup: Lookup,
): Promise<Connection<Node>> {
  const slice = sliceOf(asked.page);
  const order = orderOf(list, asked.sort && (validated(list.sort, asked.sort) as Sort));
  const narrowing = narrowingOf(list, asked.filter, lookup.today);
  mustSee(directory, list, { sort: order.keys.map(({ column }) => column), filter: narrowing.columns });
  const page = await pageIn(directory, list, narrowing, order, slice);
  return connection(
    page,
    row => lookup.nodeOf(list.name, row),
    () => countOf(directory, list, narrowing),
  );
}

/** Rows that are visible for several reasons are read by an index for each, and merged. */
function pageIn(
  directory: Directory,
  { table }: List,
  narrowing: Narrowing,
  order: Order,
  slice: Slice,
): Promise<Paged<Row>> {
  const all = directory.rowsInOrder(table.path, table.key).map(rows => matching(rows, narrowing).selectAll());
  const [only, ...others] = all;
  if (!others.length) return pageOf(only!, order, slice);
  return pageBy(beginning => beginning(directory.union(all.map(beginning))), order, slice);
}

/** What a filter demands. */
interface Narrowing {
  /** The columns that it looks at. */
  readonly columns: readonly string[];
  readonly conditions: readonly ReturnType<List['filters'][string]['where']>[];
}

function narrowingOf({ filter, filters }: List, wanted: object | null | undefined, today: Day): Narrowing {
  const given = Object.entries(validated(filter, wanted ?? {})).filter(([, value]) => value != null);
  return {
    columns: given.flatMap(([field]) => filters[field]!.columns),
    conditions: given.map(([field, value]) => filters[field]!.where(value as never, today)),
  };
}

/** From the order and the number of records one could tell what their hidden fields hold. */
function mustSee({ viewer }: Directory, list: List, looked: { readonly [argument: string]: readonly string[] }): void {
  const hidden = hiddenColumns(list, viewer);
  for (const [field, columns] of Object.entries(looked))
    if (columns.some(column => hidden.includes(column)))
      throw refuse('FORBIDDEN', `You do not see what this ${field} looks at.`, { field });
}

type Conditional<Query> = { where(condition: Narrowing['conditions'][number]): Query };

function matching<Query extends Conditional<Query>>(rows: Query, { conditions }: Narrowing): Query {
  return conditions.reduce((query, condition) => query.where(condition), rows);
}

/** Always exact: added up from the kept numbers as far as they can tell, otherwise counted one by one. */
async function countOf(
  directory: Directory,
  { table: { path, key }, counts, sharedCounts }: List,
  narrowing: Narrowing,
): Promise<number> {
  const { own, others } = directory.rowsToCount(path, key);
  const kept = tells(counts, narrowing) ? directory.counts(counts) : undefined;
  const shared = tells(sharedCounts, narrowing) ? directory.sharedCounts(path, key, sharedCounts) : undefined;
  const counted = (rows: typeof own) => matching(rows, narrowing).select(sql<number>`count(*)`.as('count'));
  const added = (lines: NonNullable<typeof kept>) =>
    matching(lines, narrowing).select(sql<number>`coalesce(sum(rows), 0)`.as('count'));
  const first = kept ? added(kept) : counted(own);
  const second = shared ? added(shared) : others && counted(others);
  const parts: { count: number }[] = await (second ? first.unionAll(second as never) : first).execute();
  return parts.reduce((total, { count }) => total + count, 0);
}

/** Whether numbers that are kept by some columns can tell how many rows a filter leaves. */
const tells = (counts: RowCounts | undefined, { columns }: Narrowing): counts is RowCounts =>
  counts !== undefined && columns.every(column => counts.by.includes(column) || column in counts.each);

/** The visible rows of these ids, one statement. */
export async function rowsByIds(
  directory: Directory,
  { table }: List,
  ids: readonly string[],
): Promise<readonly Row[]> {
  return directory
    .rows(table.path)
    .selectAll()
    .where(sql<boolean>`${sql.ref(table.key)} = any(${ids}::text[])`)
    .execute();
}

export type Lists = { readonly [Name in TableName]: List };
