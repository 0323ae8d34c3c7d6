import type { Day } from '#event-sourcing/event.js';
import type { Columns, LogTable, RowOf, RowsTable, TotalsTable, ValuesOf } from '#event-sourcing/projection.js';
import type { Grain } from './periods.js';

/** Dimensions and sums of a totals table. */
export type TotalsRow<Table> =
  Table extends TotalsTable<infer By, infer Each, infer Sums, infer Source>
    ? Pick<RowOf<Source>, By & keyof RowOf<Source>> & ValuesOf<Each> & ValuesOf<Sums>
    : never;

type LineOf<Table> = Table extends { readonly key: string }
  ? RowOf<Table>
  : Table extends TotalsTable<string, Columns, Columns, RowsTable>
    ? TotalsRow<Table> & { grain: Grain }
    : Table extends LogTable<infer Line>
      ? Line
      : never;

type AnyTable = { readonly path: string };
type AnyTotals = { readonly path: string; readonly sums: Columns };

/**
 * The tables as kysely sees them, by `projection.table`:
 * `database.kysely.withTables<TablesOf<[typeof opportunities, typeof totals]>>()`.
 * Read totals through `totalsBetween`: the table itself holds every figure twice, once by day and once by month.
 */
export type TablesOf<Tables extends readonly AnyTable[]> = {
  [Table in Tables[number] as Table['path']]: LineOf<Table>;
} & {
  [Table in Extract<Tables[number], AnyTotals> as `${Table['path']}Changes`]: TotalsRow<Table> & { knownOn: Day };
};
