import type { Executor } from '#crm/execution/executor.js';
import type { Sender } from '#platform/graphql/command.js';
import type { Database } from '#projections/database.js';
import { Cells, RejectedRow } from './cells.js';
import { inTurns, spread } from './concurrently.js';
import type { CanonicalRow, ImportFolder } from './folder.js';
import type { Kind, Step, Surroundings } from './kinds/kind.js';
import { kinds } from './kinds/kinds.js';
import { rejection } from './rejection.js';
import type { Results, RowResult } from './results.js';
import { inWaves, together } from './rows-in-order.js';
import type { Survey } from './survey.js';

export interface ImportOptions {
  readonly folder: ImportFolder;
  readonly executor: Executor;
  readonly database: Database;
  readonly timeZone: string;
  readonly sender: Sender;
  readonly results: Results;
  /** Called after every row. */
  readonly onRow: (kind: string, done: number, total: number) => void;
}

type Rows = Iterable<CanonicalRow> | AsyncIterable<CanonicalRow>;

/**
 * Applies the rows of a folder, kind by kind in the order in which they depend on one another. A rejected row changes nothing.
 * The directory has to show what is in the log: it tells which records there are.
 */
export async function importFolder(options: ImportOptions): Promise<void> {
  const survey = await options.folder.survey();
  await survey.references.lookUp(options.database);
  const missing = Object.keys(kinds).map(kind => [kind, survey.references.missing(kind)] as const);
  const total = missing.reduce((sum, [, rows]) => sum + rows.length, survey.total);
  const folderImport = new FolderImport(options, survey, total);
  for (const [kind, rows] of missing) {
    await folderImport.apply(kind, rows);
    await folderImport.apply(kind, options.folder.rowsOf(kind));
  }
}

class FolderImport {
  private readonly staged: ReadonlySet<string>;
  private readonly onlyPipeline: string | undefined;
  private done = 0;

  constructor(
    private readonly options: ImportOptions,
    private readonly survey: Survey,
    private readonly total: number,
  ) {
    this.staged = survey.stagedOpportunities();
    this.onlyPipeline = survey.onlyPipeline();
  }

  async apply(name: string, rows: Rows): Promise<void> {
    const kind = kinds[name]!;
    if (kind.record) {
      const groups = await together(rows, row => this.recordOf(kind, row), kind.orderedBy);
      await spread(groups, group => (kind.together ? this.applyTogether(kind, group) : this.applyInOrder(kind, group)));
      return;
    }
    const [superior] = Object.entries(kind.references).find(([, target]) => target === name) ?? [];
    await (superior ? this.applyInWaves(kind, rows, superior) : this.applyEach(kind, rows));
  }

  /** Of rows about the same record, or with the same value where no two may have one, the first counts: so they take turns. */
  private async applyEach(kind: Kind, rows: Rows): Promise<void> {
    const takingTurns = inTurns();
    const claimsOf = ({ cells }: CanonicalRow) =>
      ['externalId', kind.unique].flatMap(column =>
        column && cells[column] ? [`${column} ${same(cells[column])}`] : [],
      );
    await spread(rows, row => takingTurns(claimsOf(row), () => this.applyOne(kind, row)));
  }

  /** Rows that refer to rows of their own kind, such as an employee to the manager: those that are referred to come first. */
  private async applyInWaves(kind: Kind, rows: Rows, column: string): Promise<void> {
    const { waves, circle } = await inWaves(rows, column);
    for (const wave of waves) await this.applyEach(kind, wave);
    for (const row of circle) {
      const reason = `${row.cells[column]} cannot be the ${column}: the rows refer to one another in a circle.`;
      this.report({ row, outcome: 'rejected', column, reason });
    }
  }

  private async applyInOrder(kind: Kind, rows: readonly CanonicalRow[]): Promise<void> {
    const [looks, days] = [new Map<string, number>(), new Map<string, number>()];
    for (const row of rows) {
      const { stage, enteredOn = '' } = row.cells;
      const nth = count(looks, JSON.stringify([stage, enteredOn]));
      await this.applyOne(kind, row, nth, count(days, enteredOn));
    }
  }

  private async applyOne(kind: Kind, row: CanonicalRow, nth = 0, earlierThatDay = 0): Promise<void> {
    const steps = () => kind.steps!(this.cells(row), this.around(row, nth, earlierThatDay));
    this.report({ row, ...(await this.outcomeOf(kind, row, steps)) });
  }

  private async applyTogether(kind: Kind, rows: readonly CanonicalRow[]): Promise<void> {
    const [first] = rows as [CanonicalRow];
    const cells = () => rows.map(row => this.cells(row));
    const outcome = await this.outcomeOf(kind, first, () => kind.together!(cells(), this.around(first, 0, 0)));
    for (const row of rows) this.report({ row, ...outcome });
  }

  private report(result: RowResult): void {
    this.options.results.add(result);
    this.options.onRow(result.row.kind, ++this.done, this.total);
  }

  private async outcomeOf(kind: Kind, row: CanonicalRow, steps: () => Step[]): Promise<Omit<RowResult, 'row'>> {
    try {
      if (row.malformed) throw new RejectedRow(undefined, row.malformed);
      let changed = false;
      for (const { type, input } of steps()) {
        const receipt = await this.options.executor.send(type, withoutGaps(input), this.options.sender);
        changed ||= receipt.changed;
      }
      return { outcome: changed ? 'created' : 'unchanged' };
    } catch (error) {
      return rejection(kind, row, error);
    }
  }

  private cells(row: CanonicalRow): Cells {
    const { references } = kinds[row.kind]!;
    return new Cells(row.cells, this.options.timeZone, (column, value) =>
      this.survey.references.resolve(references[column]!, column, value),
    );
  }

  private around(row: CanonicalRow, nth: number, earlierThatDay: number): Surroundings {
    const around = { nth, earlierThatDay, onlyPipeline: this.onlyPipeline };
    if (row.kind === 'stageChanges') return { ...around, id: '', hasStageChanges: true }; // they are no records
    const externalId = row.cells[kinds[row.kind]!.record ?? 'externalId'] ?? '';
    const id = this.survey.references.idOfRecord(row.kind, externalId);
    return { ...around, id, hasStageChanges: this.staged.has(id) };
  }

  /** Rows may call one record by its external id and by its name. Those that name none stay apart. */
  private recordOf({ record, references }: Kind, { cells, file, line }: CanonicalRow): string {
    const value = cells[record!];
    if (value === undefined) return `line ${line} of ${file}`;
    const target = references[record!];
    return (target && this.survey.references.idOf(target, value)) ?? value;
  }
}

/** Case and width don't make a unique value another one. */
const same = (value: string) => value.normalize('NFKC').toLowerCase();

/** How often it was counted before. */
function count(counts: Map<string, number>, what: string): number {
  const before = counts.get(what) ?? 0;
  counts.set(what, before + 1);
  return before;
}

/** Absent cells are absent fields: validators tell `undefined` from a field that is not there. */
function withoutGaps(input: object): object {
  const given: Record<string, unknown> = {};
  for (const [field, value] of Object.entries(input)) if (value !== undefined) given[field] = value;
  return given;
}
