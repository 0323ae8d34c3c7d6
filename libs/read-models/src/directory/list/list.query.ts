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
  const matching = matchingOf(db, list, asked.filter, lookup.today);
  const page = await pageOf(matching.selectAll(), order, slice);
  const count = () => matching.select(sql<number>`count(*)`.as('count')).executeTakeFirstOrThrow();
  return connection(
    page,
    row => lookup.nodeOf(list.name, row),
    async () => (await count()).count,
  );
}

function matchingOf(db: Db, { table, filter, filters }: List, wanted: object | null | undefined, today: Day) {
  let query = db.selectFrom(table.path);
  for (const [field, value] of Object.entries(validated(filter, wanted ?? {})))
    if (value != null) query = query.where(filters[field]!.where(value as never, today));
  return query;
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
