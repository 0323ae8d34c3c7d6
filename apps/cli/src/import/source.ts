import { BrokenFile, type SourceRow } from './csv.js';
import { kinds } from './kinds/kinds.js';
import type { RowFilter, SourceMapping } from './mapping.js';

type Cells = SourceRow['cells'];

/** The file's columns that a source reads; without a mapping they are ours. */
export function columnsRead(kind: string, { columns, where }: SourceMapping): string[] {
  return [
    ...(columns ? Object.values(columns).flat() : Object.keys(kinds[kind]!.columns)),
    ...Object.keys(where ?? {}),
  ];
}

/** @throws BrokenFile when the file or the mapping lacks a column. */
export function demandColumns(kind: string, source: SourceMapping, columns: readonly string[]): void {
  const ours = Object.entries(kinds[kind]!.columns)
    .filter(([, need]) => need === 'required')
    .map(([column]) => column);
  const demanded = source.columns ? columnsRead(kind, source) : ours;
  const missing = [...new Set(demanded)].filter(column => !columns.includes(column));
  if (missing.length)
    throw new BrokenFile(
      `${source.file} lacks the column${missing.length > 1 ? 's' : ''} ${missing.join(', ')}. It has ${columns.join(', ')}.`,
    );
  const unmapped = source.columns ? ours.filter(column => !source.columns![column] && !source.constants?.[column]) : [];
  if (unmapped.length) throw new BrokenFile(`The mapping gives ${kind} from ${source.file} no ${unmapped.join(', ')}.`);
}

/** Whether the filter takes a row. */
export function accepts(where: RowFilter | undefined, cells: Cells): boolean {
  return Object.entries(where ?? {}).every(([column, test]) => {
    const value = cells[column];
    if ('empty' in test) return (value === undefined) === test.empty;
    if ('not' in test) return value === undefined || !test.not.includes(value);
    return value !== undefined && test.includes(value);
  });
}

/** The cells under our own column names, with what the mapping puts in their place. */
export function canonicalCells(kind: string, { columns, constants, values }: SourceMapping, cells: Cells): Cells {
  if (!(columns || constants || values)) return cells;
  const canonical: Record<string, string> = Object.create(null);
  for (const column of Object.keys(kinds[kind]!.columns)) {
    const value = columns ? cellOf(columns[column], cells) : cells[column];
    const read = value === undefined ? constants?.[column] : replaced(values?.[column], value);
    if (read) canonical[column] = read;
  }
  return canonical;
}

function cellOf(from: string | readonly string[] | undefined, cells: Cells): string | undefined {
  if (from === undefined) return undefined;
  if (typeof from === 'string') return cells[from];
  const parts = from.map(column => cells[column]);
  return parts.some(part => part === undefined) ? undefined : parts.join('-');
}

/** What the table says instead of a value; a cell that says `constructor` is no more than a word. */
function replaced(table: Readonly<Record<string, string>> | undefined, value: string): string {
  return table && Object.hasOwn(table, value) ? table[value]! : value;
}
