import type { ProjectedEvent } from '#event-sourcing/projection.js';
import type { RowsPlan } from './plan.js';
import { RowCache, type RowState } from './row-cache.js';
import type { TotalsChanges } from './totals-changes.js';
import type { Part, Row } from './values.js';

const noParts: readonly Part[] = [];

/** The rows of one table in memory, and how folding events into them changes the totals. */
export class RowsFold {
  readonly cache = new RowCache();
  /** Rows folded since the last `keep` or `undo` of the fold. */
  readonly touched = new Set<RowState>();
  /** By contribution: the totals that it goes into. */
  private readonly totals: readonly (readonly TotalsChanges[])[];

  constructor(
    readonly plan: RowsPlan,
    totals: readonly TotalsChanges[],
  ) {
    this.totals = plan.contributions.map(contribution => totals.filter(({ plan }) => contribution.to.includes(plan)));
  }

  /** Takes in the rows that were missing, as stored; those not given don't exist. */
  adopt(keys: Iterable<string>, stored?: ReadonlyMap<string, Row>): void {
    for (const key of keys) {
      const row = stored?.get(key);
      this.cache.add({ key, stored: row, row, parts: undefined });
    }
  }

  /** Folds an event into a row. @throws what the fold throws; then nothing has changed. */
  fold(state: RowState, event: ProjectedEvent): void {
    const { plan } = this;
    const before = state.row;
    const folded = plan.on[event.type]!(before, event);
    if (folded === before) return;
    const row = folded && plan.complete(state.key, folded, before);
    const gone = state.parts ?? this.partsOf(before);
    const come = this.partsOf(row);
    for (let index = 0; index < come.length; index++)
      for (const changes of this.totals[index]!) changes.move(event.knownOn, before, gone[index]!, row, come[index]!);
    state.row = row;
    state.parts = come;
    this.touched.add(state);
  }

  private partsOf(row: Row | undefined): (readonly Part[])[] {
    return this.plan.contributions.map(({ partsOf }) => (row ? partsOf(row) : noParts));
  }
}
