import type { CanonicalRow } from './folder.js';
import type { Kind } from './kinds/kind.js';

/** Rows grouped by the record that they are about, each group in the order of `orderedBy`. */
export async function together(
  rows: Iterable<CanonicalRow> | AsyncIterable<CanonicalRow>,
  { record, orderedBy }: Kind,
): Promise<CanonicalRow[][]> {
  const groups = new Map<string, CanonicalRow[]>();
  for await (const row of rows) {
    const key = row.cells[record!] ?? `line ${row.line} of ${row.file}`;
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  if (orderedBy)
    for (const group of groups.values())
      group.sort((a, b) => (a.cells[orderedBy] ?? '').localeCompare(b.cells[orderedBy] ?? ''));
  return [...groups.values()];
}

/**
 * Rows that refer to other rows of the same kind, in waves: each wave refers to earlier ones only. Rows that refer to one another
 * in a circle make the last wave; their references are refused then.
 */
export async function inWaves(
  rows: Iterable<CanonicalRow> | AsyncIterable<CanonicalRow>,
  column: string,
): Promise<CanonicalRow[][]> {
  let waiting: CanonicalRow[] = [];
  for await (const row of rows) waiting.push(row);
  const waves: CanonicalRow[][] = [];
  while (waiting.length > 0) {
    const names = new Set(waiting.flatMap(({ cells }) => [cells.externalId, cells.name]));
    const ready = waiting.filter(({ cells }) => !cells[column] || !names.has(cells[column]));
    waves.push(ready.length > 0 ? ready : waiting);
    if (ready.length === 0) break;
    const applied = new Set(ready);
    waiting = waiting.filter(row => !applied.has(row));
  }
  return waves;
}
