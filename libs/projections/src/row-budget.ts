import type { RowCache } from './row-cache.js';

/** How many rows the caches of all builds that go on at the same time may hold together: the bound of what they take. */
export class RowBudget {
  private readonly caches = new Set<RowCache>();

  /** @param rows At most, of all tables together. */
  constructor(private readonly rows: number) {}

  add(cache: RowCache): void {
    this.caches.add(cache);
  }

  remove(cache: RowCache): void {
    this.caches.delete(cache);
  }

  /** Whether somebody has to let go of rows: whoever asks next and is told so. Those that fill it ask most often. */
  get spent(): boolean {
    let touched = 0;
    for (const cache of this.caches) touched += cache.touched;
    // The older generation may be as large as the young one.
    return touched * 2 > this.rows;
  }
}
