import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { BrokenFile, readCsv, type SourceRow } from './csv.js';
import { kinds } from './kinds/kinds.js';
import type { Mapping, SourceMapping } from './mapping.js';
import { accepts, canonicalCells, columnsRead, demandColumns } from './source.js';
import { Survey } from './survey.js';

/** A row under our own column names. */
export interface CanonicalRow extends SourceRow {
  readonly kind: string;
  /** References whose record may be created where it exists nowhere. */
  readonly createMissing: ReadonlySet<string>;
}

/** Rows of one kind that come from one place. */
interface Source extends SourceMapping {
  readonly kind: string;
  readonly creates: ReadonlySet<string>;
}

/** Rows of a file of so many bytes at most are kept between the passes over it; of a larger one each pass parses it. */
const KEPT = 16_777_216;

const canonicalFile = (kind: string) => `${kind}.csv`;

/** A folder of CSV files, read through a mapping if their columns are not ours. */
export class ImportFolder {
  private readonly sources: readonly Source[];
  private readonly kept = new Map<string, readonly SourceRow[]>();
  private surveyed?: Survey;

  /** @throws BrokenFile when there is nothing to import. */
  constructor(
    private readonly path: string,
    mapping?: Mapping,
  ) {
    if (!existsSync(path)) throw new BrokenFile(`There is no folder ${path}.`);
    const byKind = mapping ? Object.entries(mapping.kinds) : canonicalSources(path);
    this.sources = byKind.flatMap(([kind, sources]) =>
      sources.map(source => ({ ...source, kind, creates: new Set(source.createMissing) })),
    );
    if (this.sources.length > 0) return;
    if (mapping) throw new BrokenFile('The mapping names nothing to import.');
    throw new BrokenFile(`${path} holds none of ${Object.keys(kinds).slice(1).map(canonicalFile).join(', ')}.`);
  }

  /**
   * Reads every file before anything changes.
   * @returns what is no error but worth knowing: columns, lines and files that nothing reads.
   * @throws BrokenFile for the first one that cannot be imported as a whole.
   */
  async inspect(): Promise<string[]> {
    const survey = new Survey();
    const remarks: string[] = [];
    for (const source of this.sources) for (const row of inlineRows(source)) survey.note(row);
    for (const file of new Set(this.sources.map(({ file }) => file)))
      if (file) remarks.push(...(await this.inspectFile(file, survey)));
    this.surveyed = survey;
    return [...remarks, ...this.unreadFiles()];
  }

  /** What is known of all rows. Inspects the folder if that has not been done. @throws BrokenFile */
  async survey(): Promise<Survey> {
    if (!this.surveyed) await this.inspect();
    return this.surveyed!;
  }

  /** The rows of a kind, in the order of the mapping and the files. */
  async *rowsOf(kind: string): AsyncGenerator<CanonicalRow> {
    for (const source of this.sources) {
      if (source.kind !== kind) continue;
      yield* inlineRows(source);
      if (!source.file) continue;
      for await (const row of this.kept.get(source.file) ?? readCsv(join(this.path, source.file))) {
        const canonical = canonicalRow(source, row);
        if (canonical) yield canonical;
      }
    }
  }

  private async inspectFile(file: string, survey: Survey): Promise<string[]> {
    const sources = this.sources.filter(source => source.file === file);
    const remarks: string[] = [];
    let unused = 0;
    const onHeader = (columns: readonly string[]) => {
      for (const source of sources) demandColumns(source.kind, source, columns);
      const read = new Set(sources.flatMap(source => columnsRead(source.kind, source)));
      const unread = columns.filter(column => column !== '' && !read.has(column));
      if (unread.length)
        remarks.push(`${file}: nothing reads the column${unread.length > 1 ? 's' : ''} ${unread.join(', ')}.`);
    };
    const path = join(this.path, file);
    const kept: SourceRow[] | undefined = existsSync(path) && statSync(path).size <= KEPT ? [] : undefined;
    for await (const row of readCsv(path, onHeader)) {
      kept?.push(row);
      const taken = sources.map(source => canonicalRow(source, row)).filter(canonical => canonical !== undefined);
      for (const canonical of taken) survey.note(canonical);
      if (taken.length === 0) unused++;
    }
    if (kept) this.kept.set(file, kept);
    if (unused) remarks.push(`${file}: no filter takes ${unused} ${unused > 1 ? 'lines' : 'line'}.`);
    return remarks;
  }

  private unreadFiles(): string[] {
    const read = new Set(this.sources.map(({ file }) => file));
    const unread = readdirSync(this.path).filter(name => /\.csv$/i.test(name) && !read.has(name));
    return unread.sort().map(name => `${name}: nothing reads this file.`);
  }
}

function canonicalSources(path: string): [string, readonly SourceMapping[]][] {
  const present = Object.keys(kinds).filter(kind => kind !== 'teams' && existsSync(join(path, canonicalFile(kind))));
  return present.map(kind => [kind, [{ file: canonicalFile(kind) }]]);
}

/** The rows that stand in the mapping itself. */
function inlineRows(source: Source): CanonicalRow[] {
  const rows = (source.rows ?? []).map((values, index) => {
    const present = Object.entries(values).filter(([, value]) => value.trim() !== '');
    const cells = Object.assign(Object.create(null), Object.fromEntries(present)) as SourceRow['cells'];
    return canonicalRow(source, { file: 'mapping', line: index + 1, cells });
  });
  return rows.filter(row => row !== undefined);
}

/** The row as the source reads it; nothing if its filter leaves it out. A malformed line is nobody's to leave out. */
function canonicalRow(source: Source, row: SourceRow): CanonicalRow | undefined {
  if (!row.malformed && !accepts(source.where, row.cells)) return undefined;
  const { file, line, malformed } = row;
  const cells = malformed ? row.cells : canonicalCells(source.kind, source, row.cells);
  return { file, line, malformed, kind: source.kind, createMissing: source.creates, cells };
}
