import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Position } from '#event-sourcing/event.js';
import { refuse } from '#event-sourcing/refusal.js';
import type { Database } from './database.js';

/** How soon a checkpoint that another process moves is noticed. */
const POLL_MS = 25;

/**
 * Waits until the live tables of these projections hold everything up to a position: a client that reads what it has written.
 * @throws Refusal NOT_YET_VISIBLE after `timeoutMs`.
 */
export async function waitForPosition(
  database: Database,
  projections: readonly string[],
  position: Position,
  timeoutMs = 5_000,
): Promise<void> {
  const names = [...new Set(projections)];
  const end = performance.now() + timeoutMs;
  for (;;) {
    // Listening begins before looking, so that a move in between is not missed.
    const moved = new AbortController();
    const news = Promise.race([
      once(database.signals, 'moved', { signal: moved.signal }),
      sleep(POLL_MS, undefined, { signal: moved.signal }),
    ]).catch(() => undefined);
    try {
      if (await allAt(database, names, position)) return;
      if (performance.now() >= end)
        throw refuse('NOT_YET_VISIBLE', `The read models have not come to position ${position} yet; ask again.`, {
          field: 'atLeast',
        });
      await news;
    } finally {
      moved.abort();
    }
  }
}

async function allAt({ pool }: Database, names: readonly string[], position: Position): Promise<boolean> {
  const { rows } = await pool.query<{ count: number }>(
    `select count(*) from projections.generations where slot in ('live', 'reactor') and name = any($1) and position >= $2`,
    [names, position],
  );
  return rows[0]!.count === names.length;
}
