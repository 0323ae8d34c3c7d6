import type { Kysely } from 'kysely';
import type { Instant, Position } from '#event-sourcing/event.js';
import type { EventStore } from '#event-sourcing/event-store.js';
import type { Projection } from '#event-sourcing/projection.js';
import { permissions } from '#platform/access/permissions.js';
import type { Viewer } from '#platform/access/viewer.js';
import type { Database } from '#projections/database.js';
import { waitForPosition } from '#projections/wait.js';
import { View } from '../access/view.js';
import { directory } from '../directory/directory.js';

/** How long a query waits for `atLeast` before it says that the position is not visible yet. */
const PATIENCE_MS = 5_000;

/** What every query needs: the read models, the log behind them, time and time zone. */
export class Reading {
  constructor(
    readonly database: Database,
    readonly store: EventStore,
    readonly timeZone: string,
    readonly clock: () => Instant,
    /** Where questions are asked, if apart from what projectors work with: with connections and a patience of their own. */
    private readonly questions: Pick<Database, 'kysely'> = database,
  ) {}

  /**
   * What a viewer may see of the tables of these projections, with everything up to `atLeast` in them.
   * @throws Refusal NOT_YET_VISIBLE when they don't get there in time.
   */
  async at<Tables>(
    viewer: Viewer,
    projections: readonly Projection[],
    atLeast?: Position | null,
  ): Promise<View<Tables>> {
    if (atLeast != null) await waitForPosition(this.database, neededBy(viewer, projections), atLeast, PATIENCE_MS);
    return new View(this.questions.kysely as Kysely<Tables>, viewer);
  }

  /** Throws while the read models cannot be reached. */
  async ping(): Promise<void> {
    await this.database.pool.query('SELECT 1');
  }
}

/** Whoever does not see all of something sees what belongs to certain customers, and whose these are stands in the directory. */
function neededBy(viewer: Viewer, projections: readonly Projection[]): string[] {
  const isLimited = permissions.some(permission => typeof viewer.sight(permission) !== 'string');
  const names = projections.map(({ name }) => name);
  return isLimited ? [...new Set([...names, directory.name])] : names;
}
