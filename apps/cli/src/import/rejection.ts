import { Refusal } from '#event-sourcing/refusal.js';
import { RejectedRow } from './cells.js';
import type { CanonicalRow } from './folder.js';
import type { Kind } from './kinds/kind.js';
import type { RowResult } from './results.js';

/** What to say about a row that could not be applied. @throws whatever is no fault of the row */
export function rejection(kind: Kind, row: CanonicalRow, error: unknown): Omit<RowResult, 'row'> {
  if (error instanceof RejectedRow) return { outcome: 'rejected', column: error.column, reason: error.message };
  if (!(error instanceof Refusal)) throw error;
  const column = columnOf(kind, error);
  // What a cell refers to is either recorded or a row of the folder, so only the latter can turn out to be missing.
  const missing = error.code === 'NOT_FOUND' && column !== undefined && kind.references[column] !== undefined;
  const named = column === undefined ? undefined : (row.cells[column] ?? `The ${column} of this folder`);
  const reason = missing ? `${named} was not imported: its own row was rejected.` : error.message;
  return { outcome: 'rejected', column, reason };
}

/** The column of the refused field; of a nested one (`stages.0.probability`, `amount.currency`) the innermost that is a column. */
function columnOf(kind: Kind, { details }: Refusal): string | undefined {
  const path = details.field?.split('.') ?? [];
  return path.map(field => kind.fields?.[field] ?? field).findLast(column => Object.hasOwn(kind.columns, column));
}
