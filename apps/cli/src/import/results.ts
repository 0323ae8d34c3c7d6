import { createWriteStream, mkdirSync, openSync, type WriteStream } from 'node:fs';
import { dirname } from 'node:path';
import { finished } from 'node:stream/promises';
import { BrokenFile } from './csv.js';
import type { CanonicalRow } from './folder.js';
import { kinds } from './kinds/kinds.js';

export type Outcome = 'created' | 'unchanged' | 'rejected';

/** What became of a row. */
export interface RowResult {
  readonly row: CanonicalRow;
  readonly outcome: Outcome;
  /** For a rejected row: the cell at fault, if it is one, and why. */
  readonly column?: string;
  readonly reason?: string;
}

export type Counts = Record<Outcome, number>;

const KEPT = 100;
const HEADER = ['file', 'line', 'kind', 'record', 'outcome', 'column', 'reason'];

/** A cell that a spreadsheet neither splits nor takes for a formula. */
function cell(value: string | number | undefined): string {
  const text = String(value ?? '');
  const safe = /^[=+\-@＝＋－＠\t\r\n]/.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function opened(path: string): number {
  try {
    mkdirSync(dirname(path), { recursive: true });
    return openSync(path, 'w');
  } catch (error) {
    throw new BrokenFile(`The results cannot be written to ${path}: ${(error as Error).message}.`);
  }
}

/** One line per row in a CSV file, and the sums. */
export class Results {
  readonly counts = new Map<string, Counts>();
  /** The first rejected rows, for people; all of them stand in the file. */
  readonly rejections: RowResult[] = [];
  private readonly out: WriteStream;

  /** @throws BrokenFile when the file cannot be written; nothing has been imported then. */
  constructor(readonly path: string) {
    this.out = createWriteStream(path, { fd: opened(path) });
    this.write(HEADER);
  }

  add(result: RowResult): void {
    const { row, outcome, column, reason } = result;
    if (outcome === 'rejected' && this.rejections.length < KEPT) this.rejections.push(result);
    const counts = this.counts.get(row.kind) ?? { created: 0, unchanged: 0, rejected: 0 };
    counts[outcome]++;
    this.counts.set(row.kind, counts);
    const record = row.cells[kinds[row.kind]!.record ?? 'externalId'];
    this.write([row.file, row.line, row.kind, record, outcome, column, reason]);
  }

  get rejected(): number {
    return [...this.counts.values()].reduce((sum, { rejected }) => sum + rejected, 0);
  }

  async close(): Promise<void> {
    this.out.end();
    await finished(this.out);
  }

  private write(cells: readonly (string | number | undefined)[]): void {
    this.out.write(`${cells.map(cell).join(',')}\n`);
  }
}
