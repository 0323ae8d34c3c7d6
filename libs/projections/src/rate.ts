const WINDOW_MS = 10_000;

/** Events per second over the last ten seconds. */
export class Rate {
  private counted: { at: number; events: number }[] = [];
  private readonly since = performance.now();

  count(events: number): number {
    const now = performance.now();
    this.counted.push({ at: now, events });
    if (this.counted[0]!.at < now - WINDOW_MS) this.counted = this.counted.filter(({ at }) => at >= now - WINDOW_MS);
    const seconds = Math.max(Math.min(WINDOW_MS, now - this.since), 1) / 1_000;
    return this.counted.reduce((sum, { events }) => sum + events, 0) / seconds;
  }
}
