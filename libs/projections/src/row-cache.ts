import type { Part, Row } from './values.js';

/** What is known about one row: as it was stored last, as the fold has left it, and what it contributes to each totals table. */
export interface RowState {
  readonly key: string;
  stored: Row | undefined;
  row: Row | undefined;
  parts: (readonly Part[])[] | undefined;
}

/**
 * The rows that were touched lately, in two generations: when the young one is full it becomes the old one, and what was not
 * touched since then is forgotten at once. Cheaper than a list in the order of use, and as bounded.
 */
export class RowCache {
  private young = new Map<string, RowState>();
  private old = new Map<string, RowState>();

  /** @param limit Rows at most, both generations together. */
  constructor(private readonly limit: number) {}

  get(key: string): RowState | undefined {
    const state = this.young.get(key);
    if (state) return state;
    const older = this.old.get(key);
    if (older) {
      this.old.delete(key);
      this.young.set(key, older);
    }
    return older;
  }

  add(state: RowState): void {
    this.young.set(state.key, state);
  }

  /** Between pages: lets go of the old generation when there is a new one, and returns it. */
  age(): Iterable<RowState> | undefined {
    if (this.young.size * 2 <= this.limit) return undefined;
    const forgotten = this.old;
    this.old = this.young;
    this.young = new Map();
    return forgotten.values();
  }

  *states(): Iterable<RowState> {
    yield* this.old.values();
    yield* this.young.values();
  }

  clear(): void {
    this.young.clear();
    this.old.clear();
  }
}
