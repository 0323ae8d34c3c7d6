import type { Database } from './database.js';
import type { RebuildProgress } from './progress.js';

const EVERY_MS = 1_000;

/**
 * Tells everybody who asks for the status how far a rebuild is. Its checkpoint says little: a build writes rarely, a short one only at
 * its end.
 */
export function noteProgress({ pool }: Database, name: string): (progress: RebuildProgress) => void {
  let noted = Number.NEGATIVE_INFINITY;
  return ({ position, eventsPerSecond }) => {
    if (performance.now() - noted < EVERY_MS) return;
    // No second one while the first waits for a batch that is being written.
    noted = Number.POSITIVE_INFINITY;
    pool
      .query(
        `update projections.generations set read_to = $2, events_per_second = $3, updated_at = now() where name = $1 and slot = 'next'`,
        [name, position, eventsPerSecond],
      )
      .catch(() => undefined)
      .finally(() => {
        noted = performance.now();
      });
  };
}
