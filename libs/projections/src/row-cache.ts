import type { Part, Row } from './values.js';

/** What is known about one row: as it was stored last, as the fold has left it, and what it contributes to each totals table. */
export interface RowState {
  readonly key: string;
  stored: Row | undefined;
  row: Row | undefined;
  /** By contribution of the plan; `undefined`: to be asked for again. */
  parts: readonly (readonly Part[])[] | undefined;
}

/**
 * The rows that were touched lately, in two generations: when it ages, the young one becomes the old one, and what was not
 * touched since then is forgotten at once. Cheaper than a list in the order of use, and as bounded.
 */
export class RowCache {
  private young = new Map<string, RowState>();
  private old = new Map<string, RowState>();

  /** How many rows were touched since it aged last. There are never more of older ones than there were at that time. */
  get touched(): number {
    return this.young.size;
  }

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

  /** Between pages: begins a new generation, lets go of the old one and returns it. */
  age(): Iterable<RowState> {
    const forgotten = this.old;
    this.old = this.young;
    this.young = new Map();
    // They take more memory than the row, and most of the old ones are never touched again.
    for (const state of this.old.values()) state.parts = undefined;
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
