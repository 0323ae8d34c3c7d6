import type { Column, TotalsTable } from '#event-sourcing/projection.js';
import type { Grain } from './periods.js';

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

/** A table of sums that the engine derives from the changes of a totals table: the totals themselves, and their roll-ups. */
export interface Summary {
  readonly name: string;
  readonly dimensions: readonly NamedColumn[];
  /** Whether its lines are those of one month of knowledge each, `knownIn`: the changes of a roll-up. */
  readonly byKnowledge: boolean;
  /** By which periods it is kept, the finest first; of one without a date: as if all were one day. */
  readonly grains: readonly Grain[];
}

/**
 * Every further period is another table's worth of writing with each page. Totals by thirds and quarters are hardly fewer than by
 * days and months; a question about the past may take longer than one about today.
 */
export const GRAINS = { totals: ['d', 'm'], rollup: ['d', 't', 'm', 'q'], changes: ['d', 'm'] } as const;
const UNDATED = ['d'] as const;

/** Where the changes of a roll-up are kept by the month in which they became known. */
export const changesOf = (rollup: string): string => `${rollup}Changes`;

/** All tables of sums, the totals first. @throws Error if a roll-up leaves out the date, by which everything is chosen. */
export function summariesOf(totals: TotalsTable): readonly [Summary, ...Summary[]] {
  const dimensions = dimensionsOf(totals);
  const date = dateOf(totals);
  const rollups = totals.rollups.flatMap(({ name, dimensions: kept }) => {
    if (date && !kept.includes(date)) throw new Error(`The roll-up ${name} of ${totals.path} leaves out ${date}.`);
    const rolledUp = dimensions.filter(([dimension]) => kept.includes(dimension));
    return [
      { name, dimensions: rolledUp, byKnowledge: false, grains: date ? GRAINS.rollup : UNDATED },
      { name: changesOf(name), dimensions: rolledUp, byKnowledge: true, grains: date ? GRAINS.changes : UNDATED },
    ];
  });
  return [{ name: totals.name, dimensions, byKnowledge: false, grains: date ? GRAINS.totals : UNDATED }, ...rollups];
}
