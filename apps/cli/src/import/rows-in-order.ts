import type { CanonicalRow } from './folder.js';

/** Rows grouped by the record that they are about, each group in the order of the column `orderedBy`, else of the file. */
export async function together(
  rows: Iterable<CanonicalRow> | AsyncIterable<CanonicalRow>,
  recordOf: (row: CanonicalRow) => string,
  orderedBy: string | undefined,
): Promise<CanonicalRow[][]> {
  const groups = new Map<string, CanonicalRow[]>();
  for await (const row of rows) {
    const key = recordOf(row);
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  if (orderedBy)
    for (const group of groups.values()) group.sort((a, b) => compare(a.cells[orderedBy], b.cells[orderedBy]));
  return [...groups.values()];
}

function compare(one = '', other = ''): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

/** Rows that refer to other rows of the same kind, in waves: each refers to earlier ones only. What lies in or below a circle is left over. */
export async function inWaves(
  rows: Iterable<CanonicalRow> | AsyncIterable<CanonicalRow>,
  column: string,
): Promise<{ waves: CanonicalRow[][]; circle: CanonicalRow[] }> {
  let waiting: CanonicalRow[] = [];
  for await (const row of rows) waiting.push(row);
  const waves: CanonicalRow[][] = [];
  for (;;) {
    const names = new Set(waiting.flatMap(({ cells }) => [cells.externalId, cells.name]));
    const isReady = ({ cells }: CanonicalRow) => !cells[column] || !names.has(cells[column]);
    const ready = waiting.filter(isReady);
    if (ready.length === 0) return { waves, circle: waiting };
    waves.push(ready);
    waiting = waiting.filter(row => !isReady(row));
  }
}
