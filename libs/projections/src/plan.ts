import type { LogTable, ProjectedEvent, Projection, RowsTable, TotalsTable } from '#event-sourcing/projection.js';
import { changesShape, logShape, rowsShape, summaryKey, summaryShape, type TableShape } from './table-shape.js';
import { dateOf, type Summary, summariesOf } from './totals-shape.js';
import { lineChecker, type Part, partChecker, type Row, rowChecker } from './values.js';

/** A table of sums, with the columns that make its lines unique. */
export interface SummaryPlan extends Summary {
  readonly shape: TableShape;
  readonly key: string;
}

/** A totals table as the fold needs it. */
export interface TotalsPlan {
  readonly table: TotalsTable;
  readonly changes: TableShape;
  /** The totals themselves, and what is derived with them. */
  readonly summaries: readonly [SummaryPlan, ...SummaryPlan[]];
  readonly date: string | undefined;
  /** Dimensions that come from the row, and from the contribution. */
  readonly by: readonly string[];
  readonly each: readonly string[];
  readonly sums: readonly string[];
}

/** What rows of a table contribute, and to which totals: those that ask the same of a row share the answer. */
export interface Contribution {
  /** Checked and complete. */
  readonly partsOf: (row: Row) => readonly Part[];
  readonly to: readonly TotalsPlan[];
}

/** A rows table as the fold needs it. */
export interface RowsPlan {
  readonly table: RowsTable;
  readonly shape: TableShape;
  readonly contributions: readonly Contribution[];
  readonly on: { readonly [type: string]: (row: Row | undefined, event: ProjectedEvent) => Row | undefined };
  /** The row with its key, as the database gives it back; `before`: the complete row that it was folded from. */
  readonly complete: (key: string, row: Row, before?: Row) => Row;
}

export interface LogPlan {
  readonly table: LogTable;
  readonly shape: TableShape;
  readonly linesOf: (event: ProjectedEvent) => readonly Row[];
}

/** A definition compiled for folding. */
export interface Plan {
  readonly projection: Projection;
  readonly rows: readonly RowsPlan[];
  readonly logs: readonly LogPlan[];
  readonly totals: readonly TotalsPlan[];
  /** The event types that concern it; `undefined`: all. */
  readonly types: readonly string[] | undefined;
  readonly concerns: (type: string) => boolean;
  /** The tables that fold an event of a type. */
  readonly of: (type: string) => { readonly rows: readonly RowsPlan[]; readonly logs: readonly LogPlan[] };
}

function planTotals(table: TotalsTable): TotalsPlan {
  return {
    table,
    changes: changesShape(table),
    summaries: summariesOf(table).map(summary => ({
      ...summary,
      shape: summaryShape(table, summary),
      key: summaryKey(table, summary),
    })) as [SummaryPlan, ...SummaryPlan[]],
    date: dateOf(table),
    by: table.by,
    each: Object.keys(table.each),
    sums: Object.keys(table.sums),
  };
}

function contributionsTo(totals: readonly TotalsPlan[]): Contribution[] {
  const same = (one: TotalsTable, other: TotalsTable) =>
    one.of === other.of && one.each === other.each && one.sums === other.sums;
  const different = totals.filter(({ table }, index) => totals.findIndex(one => same(one.table, table)) === index);
  return different.map(({ table }) => {
    const check = partChecker(Object.entries(table.each), Object.entries(table.sums));
    const of = table.of as (row: Row) => readonly Row[];
    return { partsOf: row => of(row).map(check), to: totals.filter(one => same(one.table, table)) };
  });
}

function planRows(table: RowsTable, totals: readonly TotalsPlan[]): RowsPlan {
  const shape = rowsShape(table);
  return {
    table,
    shape,
    contributions: contributionsTo(totals.filter(({ table: { rows } }) => rows === table)),
    on: table.on as RowsPlan['on'],
    complete: rowChecker(shape.columns),
  };
}

function planLog(table: LogTable): LogPlan {
  const shape = logShape(table);
  const check = lineChecker(shape.columns);
  const on = table.on as { [type: string]: (event: ProjectedEvent) => readonly Row[] };
  return { table, shape, linesOf: event => (on[event.type] ?? on['*'])!(event).map(check) };
}

/** Compiles a definition. @throws Error for names or totals that the database cannot hold. */
export function planOf(projection: Projection): Plan {
  const { tables } = projection;
  const totals = tables.totals.map(planTotals);
  const rows = tables.rows.map(table => planRows(table, totals));
  const logs = tables.logs.map(planLog);
  const named = [...rows, ...logs].flatMap(({ table }) => Object.keys(table.on));
  const byType = new Map<string, ReturnType<Plan['of']>>();
  const types = named.includes('*') ? undefined : new Set(named);
  return {
    projection,
    rows,
    logs,
    totals,
    types: types && [...types].sort(),
    concerns: type => !types || types.has(type),
    of: type => {
      let tablesOfType = byType.get(type);
      if (!tablesOfType) {
        tablesOfType = {
          rows: rows.filter(({ on }) => Object.hasOwn(on, type)),
          logs: logs.filter(({ table: { on } }) => Object.hasOwn(on, type) || Object.hasOwn(on, '*')),
        };
        byType.set(type, tablesOfType);
      }
      return tablesOfType;
    },
  };
}
