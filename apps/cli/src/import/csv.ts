import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { Readable } from 'node:stream';
import { TextDecoderStream } from 'node:stream/web';
import { CsvError, parse } from 'csv-parse';

/** A line of a file with its cells by header; blank cells are absent. */
export interface SourceRow {
  readonly file: string;
  /** Where it begins, from 1; the header is line 1. */
  readonly line: number;
  readonly cells: Readonly<Record<string, string>>;
  /** Set when the line has more or fewer cells than the header. */
  readonly malformed?: string;
}

/** A file that cannot be read as a whole; nothing of the folder is imported then. */
export class BrokenFile extends Error {
  override readonly name = 'BrokenFile';
}

interface Parsed {
  readonly record: string[];
  readonly info: { readonly lines: number };
}

/** Rows of a UTF-8 CSV file (RFC 4180, a byte order mark is fine), streaming. @throws BrokenFile */
export async function* readCsv(path: string): AsyncGenerator<SourceRow> {
  const file = basename(path);
  let header: string[] | undefined;
  let begins = 1;
  try {
    for await (const { record, info } of recordsOf(path)) {
      if (!header) header = headerOf(file, record);
      else yield rowOf(file, begins, header, record);
      begins = info.lines + 1;
    }
  } catch (error) {
    throw broken(file, error);
  }
  if (!header) throw new BrokenFile(`${file} is empty: the first line has to name the columns.`);
}

function recordsOf(path: string): AsyncIterable<Parsed> {
  const text = Readable.toWeb(createReadStream(path)).pipeThrough(new TextDecoderStream('utf-8', { fatal: true }));
  const parser = parse({ bom: true, info: true, relax_column_count: true, skip_empty_lines: true });
  const source = Readable.fromWeb(text as never);
  source.on('error', error => parser.destroy(error));
  return source.pipe(parser) as AsyncIterable<Parsed>;
}

function headerOf(file: string, names: readonly string[]): string[] {
  const header = names.map(name => name.trim());
  const twice = header.find((name, index) => name !== '' && header.indexOf(name) !== index);
  if (twice) throw new BrokenFile(`${file} has two columns ${twice}.`);
  return header;
}

function rowOf(file: string, line: number, header: readonly string[], record: readonly string[]): SourceRow {
  if (record.length !== header.length)
    return {
      file,
      line,
      cells: {},
      malformed: `The line has ${record.length} cells, the header has ${header.length}.`,
    };
  const cells: Record<string, string> = Object.create(null);
  for (const [index, name] of header.entries()) {
    const value = record[index]!.trim();
    if (value !== '') cells[name] = value;
  }
  return { file, line, cells };
}

function broken(file: string, error: unknown): Error {
  if (error instanceof BrokenFile) return error;
  if (error instanceof CsvError)
    return new BrokenFile(`${file} is not a CSV file: ${error.message.split(', ')[0]} (line ${error.lines ?? '?'}).`);
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA')
    return new BrokenFile(`${file} is not UTF-8. Save it as UTF-8 and try again.`);
  if (code === 'ENOENT') return new BrokenFile(`${file} does not exist.`);
  return new BrokenFile(`${file} cannot be read: ${message}`);
}

/** The columns of a file, and how many rows it has. Reads all of it, so that a broken file shows before anything changes. @throws BrokenFile */
export async function inspectCsv(path: string): Promise<{ columns: string[]; rows: number }> {
  let rows = 0;
  for await (const _ of readCsv(path)) rows++;
  return { columns: await columnsOf(path), rows };
}

async function columnsOf(path: string): Promise<string[]> {
  for await (const { record } of recordsOf(path)) return headerOf(basename(path), record);
  return [];
}
