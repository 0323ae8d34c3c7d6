import type { Kysely } from 'kysely';
import type { Instant, Position } from '#event-sourcing/event.js';
import type { EventStore } from '#event-sourcing/event-store.js';
import type { Projection } from '#event-sourcing/projection.js';
import type { Database } from '#projections/database.js';
import { waitForPosition } from '#projections/wait.js';

/** How long a query waits for `atLeast` before it says that the position is not visible yet. */
const PATIENCE_MS = 5_000;

/** What every query needs: the read models, the log behind them, time and time zone. */
export class Reading {
  constructor(
    readonly database: Database,
    readonly store: EventStore,
    readonly timeZone: string,
    readonly clock: () => Instant,
  ) {}

  /**
   * The tables of these projections, with everything up to `atLeast` in them.
   * @throws Refusal NOT_YET_VISIBLE when they don't get there in time.
   */
  async at<Tables>(projections: readonly Projection[], atLeast?: Position | null): Promise<Kysely<Tables>> {
    const names = projections.map(({ name }) => name);
    if (atLeast != null) await waitForPosition(this.database, names, atLeast, PATIENCE_MS);
    return this.database.kysely as Kysely<Tables>;
  }

  /** Throws while the read models cannot be reached. */
  async ping(): Promise<void> {
    await this.database.pool.query('SELECT 1');
  }
}
