import { type ProjectionStatus, projectionStatus } from '#projections/status.js';
import type { Reading } from '#read-models/shared/reading.js';

/** Probes and scrapes come from many sides, and counting a lag reads events: so it is done at most once in this time. */
const FRESH_MS = 1_000;

/** How far the projections are behind the log, looked at once for all who ask at about the same time. */
export class ProjectionsWatch {
  private underWay: Promise<ProjectionStatus[]> | undefined;
  private latest: readonly ProjectionStatus[] = [];
  private lookedAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly reading: Pick<Reading, 'database' | 'store' | 'clock'>) {}

  /** About a second old at most. Rejects while log or read models cannot be reached; that is not remembered. */
  async status(): Promise<readonly ProjectionStatus[]> {
    if (performance.now() - this.lookedAt < FRESH_MS) return this.latest;
    // One look at a time: behind a database that does not answer, probes would pile up and take its connections.
    this.underWay ??= this.look().finally(() => {
      this.underWay = undefined;
    });
    return this.underWay;
  }

  private async look(): Promise<ProjectionStatus[]> {
    const { database, store, clock } = this.reading;
    const status = await projectionStatus(database, store, clock);
    this.latest = status;
    this.lookedAt = performance.now();
    return status;
  }
}
