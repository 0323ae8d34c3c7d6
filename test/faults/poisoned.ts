import type { RecordedEvent } from '#event-sourcing/event.js';
import type { ProjectedEvent, Projection, RowsTable } from '#event-sourcing/projection.js';

type Fold = (row: unknown, event: ProjectedEvent) => unknown;

export const POISONED = 'This fold has a bug.';

/** What a buggy definition does with a poisoned event: the product's engine catches the error of the first one. */
export type Bug = 'throws' | 'skips';

/** The projection as it is defined, but with a bug in the folds of all its rows that shows at some events. */
export function poisoned(projection: Projection, isPoison: (event: RecordedEvent) => boolean, bug: Bug): Projection {
  const ill = new Map(projection.tables.rows.map(rows => [rows, poisonedRows(rows, isPoison, bug)]));
  return {
    ...projection,
    tables: {
      ...projection.tables,
      rows: [...ill.values()],
      totals: projection.tables.totals.map(totals => ({ ...totals, rows: ill.get(totals.rows)! })),
    },
  };
}

function poisonedRows(rows: RowsTable, isPoison: (event: RecordedEvent) => boolean, bug: Bug): RowsTable {
  const folds = Object.entries(rows.on as unknown as Record<string, Fold>).map(([type, fold]): [string, Fold] => [
    type,
    (row, event) => {
      if (!isPoison(event)) return fold(row, event);
      if (bug === 'throws') throw new Error(POISONED);
      return row;
    },
  ]);
  return { ...rows, on: Object.fromEntries(folds) as unknown as RowsTable['on'] };
}

/** An event that a table could not take: at it the key was parked, or it waits behind one of its key. */
export interface Waiting {
  readonly table: string;
  readonly key: string;
  readonly position: number;
  readonly poisonous: boolean;
}

/** Told from the log alone: the poisoned events of each row, and everything that came later for that row. */
export function waitingOf(
  { tables }: Projection,
  log: readonly RecordedEvent[],
  isPoison: (event: RecordedEvent) => boolean,
) {
  const waiting: Waiting[] = [];
  for (const { name: table, keyOf, on } of tables.rows) {
    const parked = new Set<string>();
    for (const event of log) {
      const key = event.type in on ? keyOf(event) : undefined;
      if (key === undefined) continue;
      const poisonous = !parked.has(key) && isPoison(event);
      if (poisonous) parked.add(key);
      if (parked.has(key)) waiting.push({ table, key, position: Number(event.position), poisonous });
    }
  }
  return waiting;
}
