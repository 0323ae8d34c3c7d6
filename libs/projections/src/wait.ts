import { setTimeout as sleep } from 'node:timers/promises';
import type { Position } from '#event-sourcing/event.js';
import { refuse } from '#event-sourcing/refusal.js';
import type { Database } from './database.js';

/** How soon a checkpoint that another process moves is noticed: at first, and at last. */
const FIRST_POLL_MS = 20;
const LAST_POLL_MS = 160;

/**
 * Waits until the live tables of these projections (and these reactors) hold everything up to a position: a client that reads
 * what it has written. Projectors of this process say so themselves; of others, the registry is asked now and then.
 * @throws Refusal NOT_YET_VISIBLE after `timeoutMs`.
 */
export async function waitForPosition(
  database: Database,
  names: readonly string[],
  position: Position,
  timeoutMs = 5_000,
): Promise<void> {
  const behind = new Set(names);
  const end = performance.now() + timeoutMs;
  const arrived = new AbortController();
  const listen = (name: string, at: Position) => {
    if (at >= position && behind.delete(name) && !behind.size) arrived.abort();
  };
  // Listening begins before looking, so that a move in between is not missed.
  database.signals.on('moved', listen);
  try {
    for (let pause = FIRST_POLL_MS; ; pause = Math.min(pause * 2, LAST_POLL_MS)) {
      for (const name of await reached(database, behind, position)) behind.delete(name);
      if (!behind.size) return;
      const left = end - performance.now();
      if (left <= 0) break;
      await sleep(Math.min(pause, left), undefined, { signal: arrived.signal }).catch(() => undefined);
      if (!behind.size) return;
    }
  } finally {
    database.signals.off('moved', listen);
  }
  throw refuse('NOT_YET_VISIBLE', `The read models have not come to position ${position} yet; ask again.`, {
    field: 'atLeast',
  });
}

async function reached({ pool }: Database, names: ReadonlySet<string>, position: Position): Promise<string[]> {
  const { rows } = await pool.query<{ name: string }>(
    `select name from projections.generations where slot in ('live', 'reactor') and name = any($1)
     group by name having min(position) >= $2`,
    [[...names], position],
  );
  return rows.map(({ name }) => name);
}
