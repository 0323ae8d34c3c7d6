import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { BrokenFile, inspectCsv, readCsv, type SourceRow } from './csv.js';
import { kinds } from './kinds/kinds.js';
import type { Mapping, RowFilter, SourceMapping } from './mapping.js';

/** A row under our own column names. */
export interface CanonicalRow extends SourceRow {
  readonly kind: string;
  /** References whose record may be created where it exists nowhere. */
  readonly createMissing: ReadonlySet<string>;
}

const canonicalFile = (kind: string) => `${kind}.csv`;

/** A folder of CSV files, read through a mapping if their columns are not ours. */
export class ImportFolder {
  private readonly sources: ReadonlyMap<string, readonly SourceMapping[]>;

  /** @throws BrokenFile when there is nothing to import. */
  constructor(
    private readonly path: string,
    mapping?: Mapping,
  ) {
    if (!existsSync(path)) throw new BrokenFile(`There is no folder ${path}.`);
    this.sources = mapping ? new Map(Object.entries(mapping.kinds)) : canonicalSources(path);
    if (this.sources.size === 0)
      throw new BrokenFile(`${path} holds none of ${Object.keys(kinds).slice(1).map(canonicalFile).join(', ')}.`);
  }

  /**
   * Reads every file before anything changes.
   * @returns what is no error but worth knowing: columns and lines that nothing reads.
   * @throws BrokenFile for the first one that cannot be imported as a whole.
   */
  async inspect(): Promise<string[]> {
    const remarks: string[] = [];
    const read = new Map<string, Set<string>>();
    for (const [kind, sources] of this.sources)
      for (const source of sources) if (source.file) collectColumns(read, kind, source);
    const files = new Map<string, { columns: string[]; rows: number }>();
    for (const [file, columns] of read) {
      const found = await inspectCsv(join(this.path, file));
      files.set(file, found);
      const unread = found.columns.filter(column => !columns.has(column));
      if (unread.length)
        remarks.push(`${file}: nothing reads the column${unread.length > 1 ? 's' : ''} ${unread.join(', ')}.`);
    }
    for (const [kind, sources] of this.sources)
      for (const source of sources) if (source.file) demandColumns(kind, source, files.get(source.file)!.columns);
    return [...remarks, ...(await this.unusedLines())];
  }

  /** The rows of a kind, in the order of the mapping and the files. */
  async *rowsOf(kind: string): AsyncGenerator<CanonicalRow> {
    for (const source of this.sources.get(kind) ?? []) {
      const createMissing = new Set(source.createMissing);
      for await (const row of this.sourceRows(source)) {
        if (!row.malformed && !accepts(source.where, row.cells)) continue;
        yield { ...row, kind, createMissing, cells: canonicalCells(kind, source, row) };
      }
    }
  }

  private async *sourceRows(source: SourceMapping): AsyncGenerator<SourceRow> {
    if (source.file) yield* readCsv(join(this.path, source.file));
    else for (const [index, cells] of source.rows!.entries()) yield { file: 'mapping', line: index + 1, cells };
  }

  /** Lines that every filter leaves out: they would vanish without a word. */
  private async unusedLines(): Promise<string[]> {
    const filters = new Map<string, (RowFilter | undefined)[]>();
    for (const sources of this.sources.values())
      for (const { file, where } of sources) if (file) filters.set(file, [...(filters.get(file) ?? []), where]);
    const remarks: string[] = [];
    for (const [file, wheres] of filters) {
      if (wheres.includes(undefined)) continue;
      let unused = 0;
      for await (const { cells, malformed } of readCsv(join(this.path, file)))
        if (!malformed && !wheres.some(where => accepts(where, cells))) unused++;
      if (unused) remarks.push(`${file}: no filter takes ${unused} lines.`);
    }
    return remarks;
  }
}

function canonicalSources(path: string): Map<string, SourceMapping[]> {
  const present = Object.keys(kinds).filter(kind => kind !== 'teams' && existsSync(join(path, canonicalFile(kind))));
  return new Map(present.map(kind => [kind, [{ file: canonicalFile(kind) }]]));
}

/** The file's columns that a source reads; without a mapping they are ours. */
function columnsRead(kind: string, { columns, where }: SourceMapping): string[] {
  return [
    ...(columns ? Object.values(columns).flat() : Object.keys(kinds[kind]!.columns)),
    ...Object.keys(where ?? {}),
  ];
}

function collectColumns(read: Map<string, Set<string>>, kind: string, source: SourceMapping): void {
  const columns = read.get(source.file!) ?? new Set();
  for (const column of columnsRead(kind, source)) columns.add(column);
  read.set(source.file!, columns);
}

function demandColumns(kind: string, source: SourceMapping, columns: readonly string[]): void {
  const ours = Object.entries(kinds[kind]!.columns)
    .filter(([, need]) => need === 'required')
    .map(([column]) => column);
  const demanded = source.columns ? columnsRead(kind, source) : ours;
  const missing = demanded.filter(column => !columns.includes(column));
  if (missing.length)
    throw new BrokenFile(
      `${source.file} lacks the column${missing.length > 1 ? 's' : ''} ${missing.join(', ')}. It has ${columns.join(', ')}.`,
    );
  const unmapped = source.columns ? ours.filter(column => !source.columns![column] && !source.constants?.[column]) : [];
  if (unmapped.length) throw new BrokenFile(`The mapping gives ${kind} from ${source.file} no ${unmapped.join(', ')}.`);
}

function accepts(where: RowFilter | undefined, cells: SourceRow['cells']): boolean {
  return Object.entries(where ?? {}).every(([column, test]) => {
    const value = cells[column];
    if ('empty' in test) return (value === undefined) === test.empty;
    if ('not' in test) return value === undefined || !test.not.includes(value);
    return value !== undefined && test.includes(value);
  });
}

function canonicalCells(
  kind: string,
  { columns, constants, values }: SourceMapping,
  row: SourceRow,
): SourceRow['cells'] {
  if (row.malformed || !(columns || constants || values)) return row.cells;
  const cells: Record<string, string> = Object.create(null);
  for (const column of Object.keys(kinds[kind]!.columns)) {
    const value = columns ? cellOf(columns[column], row.cells) : row.cells[column];
    const read = value === undefined ? constants?.[column] : (values?.[column]?.[value] ?? value);
    if (read) cells[column] = read;
  }
  return cells;
}

function cellOf(from: string | readonly string[] | undefined, cells: SourceRow['cells']): string | undefined {
  if (from === undefined) return undefined;
  if (typeof from === 'string') return cells[from];
  const parts = from.map(column => cells[column]);
  return parts.some(part => part === undefined) ? undefined : parts.join('-');
}
