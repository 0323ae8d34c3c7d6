import type { Column, TotalsTable } from '#event-sourcing/projection.js';

/** A column by its name in the definition. */
export type NamedColumn = readonly [name: string, column: Column<unknown>];

/** The dimensions of a totals table with their columns: those of the row, then those of a contribution. */
export function dimensionsOf(totals: TotalsTable): readonly NamedColumn[] {
  const { key, columns } = totals.rows;
  const keyColumn: Column<unknown> = { kind: 'text', optional: false };
  const ofRow = totals.by.map((name): NamedColumn => [name, name === key ? keyColumn : columns[name]!]);
  return [...ofRow, ...Object.entries(totals.each)];
}

/** The one dimension that is a day, by which totals are kept by day and by month. @throws Error if there are two. */
export function dateOf(totals: TotalsTable): string | undefined {
  const dates = dimensionsOf(totals).filter(([, column]) => column.kind === 'date');
  if (dates.length > 1) throw new Error(`${totals.path} has ${dates.length} dates, it can be rolled up by one only.`);
  return dates[0]?.[0];
}
