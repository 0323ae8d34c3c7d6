import { sql } from 'kysely';
import type { View } from '../access/view.js';
import type { AnyTables } from '../directory/list/list.query.js';
import type { Row, TableName } from '../directory/list/lookup.js';

/** A list of a card: the newest lines, and how many there are in all. */
export interface Lines {
  readonly count: number;
  readonly rows: readonly Row[];
}

/** A sum that a card shows, by currency: over which rows, of which column. */
export interface Figure {
  readonly table: TableName;
  readonly column: string;
  readonly status: string;
}

export interface Sum {
  readonly currency: string;
  readonly minor: number;
}

/** Where a card is assembled from: the read model as it is now, or a customer's events up to an instant. */
export interface CardSource {
  customer(): Promise<Row | undefined>;
  newest(table: TableName, limit: number): Promise<Lines>;
  sums(figure: Figure): Promise<readonly Sum[]>;
}

/** The customer as it is now, as far as somebody sees it. */
export function liveSource(view: View<AnyTables>, customerId: string): CardSource {
  const of = (table: TableName) =>
    view.rows(`directory.${table}`).where(`directory.${table}.customerId`, '=', customerId);
  return {
    customer: () => of('customers').selectAll().executeTakeFirst(),
    newest: async (table, limit) => {
      const rows = await of(table).selectAll().orderBy('createdPosition', 'desc').limit(limit).execute();
      if (rows.length < limit) return { count: rows.length, rows };
      const { count } = await of(table).select(sql<number>`count(*)`.as('count')).executeTakeFirstOrThrow();
      return { count, rows };
    },
    sums: ({ table, column, status }) =>
      of(table)
        .where('status', '=', status)
        .where('currency', 'is not', null)
        .select(['currency', sql<number>`sum(${sql.ref(column)})`.as('minor')])
        .groupBy('currency')
        .execute() as Promise<Sum[]>,
  };
}

/** The customer in rows that were folded from its events. */
export function foldedSource(tables: { readonly [Name in TableName]: readonly Row[] }, customerId: string): CardSource {
  const of = (table: TableName) => tables[table].filter(row => row.customerId === customerId);
  return {
    customer: async () => of('customers')[0],
    newest: async (table, limit) => {
      const rows = of(table).sort((a, b) => Number(b.createdPosition) - Number(a.createdPosition));
      return { count: rows.length, rows: rows.slice(0, limit) };
    },
    sums: async ({ table, column, status }) => {
      const sums = new Map<string, number>();
      for (const row of of(table).filter(row => row.status === status && row.currency !== null)) {
        const currency = String(row.currency);
        sums.set(currency, (sums.get(currency) ?? 0) + Number(row[column]));
      }
      return [...sums].map(([currency, minor]) => ({ currency, minor }));
    },
  };
}
