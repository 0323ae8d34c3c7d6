import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { pipeline } from 'node:stream';
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

/** No record is longer; without a bound, one forgotten quote would read the rest of a huge file into memory. */
const LONGEST_RECORD = 4_194_304;
const LINE_BREAK = /\r\n|\r|\n/g;

/**
 * Rows of a UTF-8 CSV file (RFC 4180, a byte order mark is fine), streaming. Blank lines are no rows.
 * @param onHeader gets the columns before the first row, also where there is none
 * @throws BrokenFile
 */
export async function* readCsv(path: string, onHeader?: (columns: readonly string[]) => void) {
  const file = basename(path);
  const place = { next: 1, of: [] as number[] };
  let header: readonly string[] | undefined;
  try {
    for await (const record of recordsOf(path, place)) {
      const line = place.of.shift()!;
      if (header) {
        yield rowOf(file, line, header, record);
        continue;
      }
      header = headerOf(file, record);
      onHeader?.(header);
    }
  } catch (error) {
    throw broken(file, place.next, error);
  }
  if (!header) throw new BrokenFile(`${file} is empty: the first line has to name the columns.`);
}

/**
 * `place.of` holds the lines on which the records begin that have been parsed and not read yet; `place.next` is the line of the next
 * one, known here also when that is broken.
 */
function recordsOf(path: string, place: { next: number; readonly of: number[] }): AsyncIterable<string[]> {
  const parser = parse({
    bom: true,
    record_delimiter: ['\r\n', '\n', '\r'], // a file may have them mixed
    relax_column_count: true,
    max_record_size: LONGEST_RECORD,
    on_record: record => {
      const line = place.next;
      // The parser's own count takes a line break of two characters inside a cell for two.
      place.next += 1 + record.reduce((sum, cell) => sum + (cell.match(LINE_BREAK)?.length ?? 0), 0);
      if (record.length === 1 && record[0]!.trim() === '') return null;
      place.of.push(line);
      return record;
    },
  });
  pipeline(utf8(path), parser, () => {}); // the parser passes errors on
  return parser;
}

async function* utf8(path: string): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  for await (const chunk of createReadStream(path)) yield decoder.decode(chunk as Buffer, { stream: true });
  yield decoder.decode();
}

function headerOf(file: string, names: readonly string[]): string[] {
  const header = names.map(name => name.trim());
  const twice = header.find((name, index) => name !== '' && header.indexOf(name) !== index);
  if (twice) throw new BrokenFile(`${file} has two columns ${twice}.`);
  return header;
}

function rowOf(file: string, line: number, header: readonly string[], record: readonly string[]): SourceRow {
  const cells: Record<string, string> = Object.create(null);
  if (record.length !== header.length) {
    const malformed = `The line has ${record.length} cells, the header has ${header.length}.`;
    return { file, line, cells, malformed };
  }
  for (const [index, name] of header.entries()) {
    const value = record[index]!.trim();
    if (value !== '') cells[name] = value;
  }
  return { file, line, cells };
}

const NOT_CSV: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'a quote is opened and never closed',
  CSV_MAX_RECORD_SIZE: 'this record does not end; probably a quote is not closed',
  INVALID_OPENING_QUOTE: 'there is a quote in the middle of a cell; put the cell in quotes and double it',
  CSV_INVALID_CLOSING_QUOTE: 'there is a quote in the middle of a quoted cell; double it',
};

function broken(file: string, line: number, error: unknown): Error {
  if (error instanceof BrokenFile) return error;
  if (error instanceof CsvError)
    return new BrokenFile(`${file} is not a CSV file from line ${line} on: ${NOT_CSV[error.code] ?? error.message}.`);
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA')
    return new BrokenFile(`${file} is not UTF-8. Save it as UTF-8 and try again.`);
  if (code === 'ENOENT') return new BrokenFile(`${file} does not exist.`);
  return new BrokenFile(`${file} cannot be read: ${message}`);
}
