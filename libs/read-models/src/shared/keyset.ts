import { type SelectQueryBuilder, type SqlBool, sql } from 'kysely';
import type { Column } from '#event-sourcing/projection.js';
import { refuse } from '#event-sourcing/refusal.js';
import { isDay, toInstant } from '#platform/graphql/scalars.js';

/** A column of the query by which it is sorted; the row holds its value under the same name. */
export interface SortKey {
  readonly column: string;
  readonly kind: Exclude<Column<unknown>['kind'], 'boolean' | 'json'>;
  /** The column as the query names it, where that differs: `t.position`. */
  readonly ref?: string;
  /** Rows without a value come last, in both directions. Only the first key of an order may lack one. */
  readonly optional?: boolean;
}

/** A total order of a list's rows. */
export interface Order {
  /** Stands in every cursor, so that a cursor of another list or order is refused: `leads.NAME.ASC`. */
  readonly name: string;
  /** The last one is unique, usually the id. */
  readonly keys: readonly SortKey[];
  readonly descending?: boolean;
}

/** How many rows, and behind which one. */
export interface Slice {
  readonly first: number;
  /** A cursor of the same order; absent: from the beginning. */
  readonly after?: string | null;
}

export interface Paged<Row> {
  readonly lines: readonly { readonly cursor: string; readonly row: Row }[];
  readonly hasNextPage: boolean;
  /** Whether this page follows another one. */
  readonly hasPreviousPage: boolean;
}

type Value = string | number | null;
type Values = readonly Value[];

const MAX_CURSOR_LENGTH = 8_192;

const isText = (value: unknown) => typeof value === 'string' && !value.includes('\u0000');

const kinds = {
  text: { cast: sql`text`, accepts: isText },
  integer: { cast: sql`bigint`, accepts: Number.isSafeInteger },
  date: { cast: sql`date`, accepts: isDay },
  instant: { cast: sql`timestamptz`, accepts: (value: unknown) => isText(value) && toInstant(value) === value },
} as const satisfies Record<SortKey['kind'], { accepts: (value: unknown) => boolean; cast: unknown }>;

const valueIn = (row: object, column: string): Value => (row as Record<string, Value>)[column] ?? null;

/** The place of a row in an order; opaque to clients. */
export function cursorOf(order: Order, row: object): string {
  const values = order.keys.map(({ column }) => valueIn(row, column));
  return Buffer.from(JSON.stringify([order.name, ...values])).toString('base64url');
}

/** @throws Refusal BAD_USER_INPUT for anything but a cursor of this very order: nothing of it may surprise the database. */
function valuesOf(order: Order, cursor: string): Values {
  const [name, ...values] = parsed(cursor);
  const fits = ({ kind, optional }: SortKey, value: unknown) =>
    value === null ? Boolean(optional) : kinds[kind].accepts(value);
  const known =
    name === order.name &&
    values.length === order.keys.length &&
    order.keys.every((key, index) => fits(key, values[index]));
  if (known) return values as Values;
  throw refuse('BAD_USER_INPUT', 'This is no cursor of this list in this order.', {
    field: 'after',
    allowed: 'an endCursor or edge cursor that the same query with the same sort has answered',
  });
}

function parsed(cursor: string): readonly unknown[] {
  if (cursor.length > MAX_CURSOR_LENGTH) return [];
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}

/** A run of rows that one condition and one index give in order. */
interface Part {
  /** Whether the first key has no value in this run; undefined: it always has one. */
  readonly blank?: boolean;
  /** What the keys have to lie behind. */
  readonly behind: { readonly keys: readonly SortKey[]; readonly values: Values };
}

/**
 * Rows with a value in the first key, then those without. Asked for one after the other, because no index gives
 * `DESC NULLS LAST`, and a sort would read the whole table for each page.
 */
function partsOf({ keys }: Order, after: Values | undefined): Part[] {
  const all = { keys, values: after ?? [] };
  if (!keys[0]!.optional) return [{ behind: all }];
  const fromStart = { keys, values: [] };
  if (after?.[0] === null) return [{ blank: true, behind: { keys: keys.slice(1), values: after.slice(1) } }];
  return [
    { blank: false, behind: all },
    { blank: true, behind: fromStart },
  ];
}

const refOf = ({ column, ref }: SortKey) => sql.ref(ref ?? column);

function within<DB, Tables extends keyof DB, Row>(
  query: SelectQueryBuilder<DB, Tables, Row>,
  { keys, descending }: Order,
  { blank, behind }: Part,
): SelectQueryBuilder<DB, Tables, Row> {
  let part = query;
  if (blank !== undefined)
    part = part.where(sql<SqlBool>`${refOf(keys[0]!)} ${blank ? sql`is null` : sql`is not null`}`);
  if (behind.values.length > 0) {
    const values = behind.keys.map(({ kind }, index) => sql`${behind.values[index]}::${kinds[kind].cast}`);
    const beyond = descending ? sql`<` : sql`>`;
    part = part.where(sql<SqlBool>`(${sql.join(behind.keys.map(refOf))}) ${beyond} (${sql.join(values)})`);
  }
  for (const key of keys) part = part.orderBy(refOf(key), descending ? 'desc' : 'asc');
  return part;
}

/**
 * The page of `query` (conditions and selection, no order) behind a cursor. Paging on is not disturbed by rows that come or go
 * elsewhere: none is answered twice, none left out. With an index on the keys its cost does not grow with the table.
 * @throws Refusal BAD_USER_INPUT for a cursor that this order has not answered.
 */
export const pageOf = <DB, Tables extends keyof DB, Row extends object>(
  query: SelectQueryBuilder<DB, Tables, Row>,
  order: Order,
  slice: Slice,
): Promise<Paged<Row>> => pageBy(beginning => beginning(query), order, slice);

/** Cuts a query down to the rows of a page. */
export type Beginning = <DB, Tables extends keyof DB, Row>(
  query: SelectQueryBuilder<DB, Tables, Row>,
) => SelectQueryBuilder<DB, Tables, Row>;

/**
 * The same of rows that come from several queries: `beginning` cuts a query down to the rows of the page, so that each is read in the
 * order of its own index, and then what they make together.
 */
export async function pageBy<Row extends object>(
  ask: (beginning: Beginning) => { execute(): Promise<Row[]> },
  order: Order,
  { first, after }: Slice,
): Promise<Paged<Row>> {
  const rows: Row[] = [];
  for (const part of partsOf(order, after == null ? undefined : valuesOf(order, after))) {
    const missing = first + 1 - rows.length;
    if (missing > 0) rows.push(...(await ask(query => within(query, order, part).limit(missing)).execute()));
  }
  return cut(rows, order, { first, after });
}

/** The same over rows in memory, for lists that are computed as a whole. */
export function pageOfRows<Row extends object>(rows: readonly Row[], order: Order, slice: Slice): Paged<Row> {
  const after = slice.after == null ? undefined : valuesOf(order, slice.after);
  const valued = rows.map(row => ({ row, values: order.keys.map(({ column }) => valueIn(row, column)) }));
  const behind = after ? valued.filter(({ values }) => compare(order, values, after) > 0) : valued;
  const sorted = behind.sort((a, b) => compare(order, a.values, b.values)).map(({ row }) => row);
  return cut(sorted, order, slice);
}

function compare({ keys, descending }: Order, left: Values, right: Values): number {
  const index = keys.findIndex((_, key) => left[key] !== right[key]);
  if (index < 0) return 0;
  const [a, b] = [left[index]!, right[index]!];
  if (a === null || b === null) return a === null ? 1 : -1;
  return a < b === Boolean(descending) ? 1 : -1;
}

function cut<Row extends object>(rows: readonly Row[], order: Order, { first, after }: Slice): Paged<Row> {
  return {
    lines: rows.slice(0, first).map(row => ({ cursor: cursorOf(order, row), row })),
    hasNextPage: rows.length > first,
    hasPreviousPage: after != null,
  };
}
