import type { Executor } from '#crm/execution/executor.js';
import { Refusal } from '#event-sourcing/refusal.js';
import type { Sender } from '#platform/graphql/command.js';
import type { Database } from '#projections/database.js';
import { Cells, RejectedRow } from './cells.js';
import type { CanonicalRow, ImportFolder } from './folder.js';
import { importedId, type Kind, type Step } from './kinds/kind.js';
import { kinds } from './kinds/kinds.js';
import { References } from './references.js';
import type { Results, RowResult } from './results.js';
import { inWaves, together } from './rows-in-order.js';

/** Commands on their way at the same time: enough to fill the store's batches. */
const CONCURRENCY = 256;

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

/** Applies the rows of a folder, kind by kind in the order in which they depend on one another. A rejected row changes nothing. */
export async function importFolder(options: ImportOptions): Promise<void> {
  await new FolderImport(options).run();
}

class FolderImport {
  private readonly references = new References();
  private readonly staged = new Set<string>();
  private readonly pipelineNames = new Set<string>();
  private total = 0;
  private done = 0;

  constructor(private readonly options: ImportOptions) {}

  async run(): Promise<void> {
    await this.survey();
    await this.references.lookUp(this.options.database);
    const missing = Object.keys(kinds).map(kind => [kind, this.references.missing(kind)] as const);
    for (const [, rows] of missing) this.total += rows.length;
    for (const [kind, rows] of missing) {
      await this.apply(kind, rows);
      await this.apply(kind, this.options.folder.rowsOf(kind));
    }
  }

  /** Learns from all rows what can be referred to before the first one is applied. */
  private async survey(): Promise<void> {
    for (const kind of Object.keys(kinds)) {
      for await (const row of this.options.folder.rowsOf(kind)) {
        this.total++;
        this.references.note(row);
        if (kind === 'stageChanges' && row.cells.opportunity) this.staged.add(row.cells.opportunity);
        if (kind === 'pipelines' && row.cells.pipeline) this.pipelineNames.add(row.cells.pipeline);
      }
    }
  }

  private async apply(name: string, rows: Iterable<CanonicalRow> | AsyncIterable<CanonicalRow>): Promise<void> {
    const kind = kinds[name]!;
    if (kind.record) await this.spread(await together(rows, kind), group => this.applyGroup(kind, group));
    else if (name === 'employees')
      for (const wave of await inWaves(rows, 'manager')) await this.spread(wave, row => this.applyGroup(kind, [row]));
    else await this.spread(rows, row => this.applyGroup(kind, [row]));
  }

  private async spread<Item>(
    items: Iterable<Item> | AsyncIterable<Item>,
    work: (item: Item) => Promise<void>,
  ): Promise<void> {
    const source = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
    const worker = async () => {
      for (;;) {
        const { done, value } = await source.next();
        if (done) return;
        await work(value);
      }
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  }

  /** The rows of one record, in order. */
  private async applyGroup(kind: Kind, rows: readonly CanonicalRow[]): Promise<void> {
    if (kind.together) {
      const outcome = await this.outcomeOf(kind, rows[0]!, () =>
        kind.together!(
          rows.map(row => this.cells(row)),
          this.around(rows[0]!, 0),
        ),
      );
      for (const row of rows) this.report({ ...outcome, row });
      return;
    }
    const seen = new Map<string, number>();
    for (const row of rows) {
      const looks = JSON.stringify([row.cells.stage, row.cells.enteredOn]);
      const nth = seen.get(looks) ?? 0;
      seen.set(looks, nth + 1);
      this.report(await this.outcomeOf(kind, row, () => kind.steps!(this.cells(row), this.around(row, nth))));
    }
  }

  private report(result: RowResult): void {
    this.options.results.add(result);
    this.options.onRow(result.row.kind, ++this.done, this.total);
  }

  private async outcomeOf(kind: Kind, row: CanonicalRow, steps: () => Step[]): Promise<RowResult> {
    try {
      if (row.malformed) throw new RejectedRow(undefined, row.malformed);
      let changed = false;
      for (const { type, input } of steps()) {
        const receipt = await this.options.executor.send(type, withoutGaps(input), this.options.sender);
        changed ||= receipt.changed;
      }
      return { row, outcome: changed ? 'created' : 'unchanged' };
    } catch (error) {
      if (error instanceof RejectedRow)
        return { row, outcome: 'rejected', column: error.column, reason: error.message };
      if (error instanceof Refusal)
        return { row, outcome: 'rejected', column: columnOf(kind, error), reason: error.message };
      throw error;
    }
  }

  private cells(row: CanonicalRow): Cells {
    const { references } = kinds[row.kind]!;
    return new Cells(row.cells, this.options.timeZone, (column, value) =>
      this.references.resolve(references[column]!, column, value),
    );
  }

  private around(row: CanonicalRow, nth: number) {
    const externalId = row.cells[kinds[row.kind]!.record ?? 'externalId'];
    const [only, ...others] = this.pipelineNames;
    return {
      id: importedId(row.kind, externalId ?? ''),
      nth,
      hasStageChanges: (opportunity: string) => this.staged.has(opportunity),
      onlyPipeline: only !== undefined && others.length === 0 ? importedId('pipelines', only) : undefined,
    };
  }
}

/** Absent cells are absent fields: validators tell `undefined` from a field that is not there. */
function withoutGaps(input: object): object {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
}

function columnOf(kind: Kind, { details }: Refusal): string | undefined {
  const field = details.field?.split('.')[0];
  if (field === undefined) return undefined;
  const column = kind.fields?.[field] ?? field;
  return column in kind.columns ? column : undefined;
}
