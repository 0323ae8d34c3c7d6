import { type Kysely, sql } from 'kysely';
import type { Day } from '#event-sourcing/event.js';
import { validated } from '#platform/graphql/validate.js';
import { type Connection, connection, type ListArgs, sliceOf } from '../../shared/connection.js';
import { pageOf } from '../../shared/keyset.js';
import { type List, orderOf, type Sort } from './list.js';
import type { Lookup, Node, Row, TableName } from './lookup.js';

/** Any table of the directory: which one a list reads is data. */
export type AnyTables = { readonly [path: string]: Row };
type Db = Kysely<AnyTables>;

/** What a client asks of a list. */
export interface Asked {
  readonly filter?: object | null;
  readonly sort?: Sort | null;
  readonly page: ListArgs;
}

/**
 * A page of a list. The total is counted when it is called for.
 * @throws Refusal BAD_USER_INPUT naming the field and what is allowed.
 */
export async function listed(db: Db, list: List, asked: Asked, lookup: Lookup): Promise<Connection<Node>> {
  const slice = sliceOf(asked.page);
  const order = orderOf(list, asked.sort && (validated(list.sort, asked.sort) as Sort));
  const narrowing = narrowingOf(list, asked.filter, lookup.today);
  const page = await pageOf(matching(db, list.table.path, narrowing).selectAll(), order, slice);
  return connection(
    page,
    row => lookup.nodeOf(list.name, row),
    () => countOf(db, list, narrowing),
  );
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

function matching(db: Db, path: string, { conditions }: Narrowing) {
  let query = db.selectFrom(path);
  for (const condition of conditions) query = query.where(condition);
  return query;
}

/** Always exact: added up from the kept numbers if they can tell, otherwise counted one by one. */
async function countOf(db: Db, { table, counts }: List, narrowing: Narrowing): Promise<number> {
  const kept = counts && narrowing.columns.every(column => counts.by.includes(column));
  const { count } = await matching(db, kept ? counts.path : table.path, narrowing)
    .select((kept ? sql<number>`coalesce(sum(rows), 0)` : sql<number>`count(*)`).as('count'))
    .executeTakeFirstOrThrow();
  return count;
}

/** The rows of these ids, one statement. */
export async function rowsByIds(db: Db, { table }: List, ids: readonly string[]): Promise<readonly Row[]> {
  return db
    .selectFrom(table.path)
    .selectAll()
    .where(sql<boolean>`${sql.ref(table.key)} = any(${ids}::text[])`)
    .execute();
}

export type Lists = { readonly [Name in TableName]: List };
