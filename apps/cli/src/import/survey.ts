import type { CanonicalRow } from './folder.js';
import { importedId } from './kinds/kind.js';
import { References } from './references.js';

/** What is known of all rows of a folder before the first one is applied. */
export class Survey {
  readonly references = new References();
  /** How the folder calls the opportunities whose stage changes it holds. */
  private readonly staged = new Set<string>();
  private readonly pipelines = new Set<string>();
  private counted = 0;

  note(row: CanonicalRow): void {
    this.counted++;
    this.references.note(row);
    if (row.kind === 'stageChanges' && row.cells.opportunity) this.staged.add(row.cells.opportunity);
    if (row.kind === 'pipelines' && row.cells.pipeline) this.pipelines.add(row.cells.pipeline);
  }

  /** How many rows there are. */
  get total(): number {
    return this.counted;
  }

  /** The ids of opportunities with stage changes, once the references are known. */
  stagedOpportunities(): ReadonlySet<string> {
    const ids = [...this.staged].map(value => this.references.idOf('opportunities', value));
    return new Set(ids.filter(id => id !== undefined));
  }

  /** The id of the folder's pipeline, if it defines exactly one. */
  onlyPipeline(): string | undefined {
    const [only, ...others] = this.pipelines;
    if (only === undefined || others.length > 0) return undefined;
    return this.references.idOf('pipelines', only) ?? importedId('pipelines', only);
  }
}
