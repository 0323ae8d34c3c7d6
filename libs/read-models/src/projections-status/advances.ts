import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Position } from '#event-sourcing/event.js';
import type { Database } from '#projections/database.js';

/** How soon a checkpoint that another process moves is noticed, and how often a busy projection is spoken of at most. */
const [LATEST_MS, SOONEST_MS] = [1_000, 100];

/** A projection whose live tables hold everything up to a position. */
export interface Advance {
  readonly name: string;
  readonly position: Position;
}

/** Where the live tables of these projections stand, of all without names. */
export async function positionsOf({ pool }: Database, names?: readonly string[] | null): Promise<Advance[]> {
  const { rows } = await pool.query<{ name: string; position: string }>(
    `select name, position::text from projections.generations
     where slot = 'live' and ($1::text[] is null or name = any($1)) order by name`,
    [names],
  );
  return rows.map(({ name, position }) => ({ name, position: BigInt(position) }));
}

/**
 * Where the projections stand, and then each time that one has moved. Who reads slowly gets the latest position and none of those
 * before it. A database that is away for a while is waited for.
 */
export async function* advancesOf(
  database: Database,
  names: readonly string[] | null | undefined,
  signal: AbortSignal,
): AsyncGenerator<Advance> {
  const known = new Map<string, Position>();
  while (!signal.aborted) {
    // Listening begins before looking, so that a move in between is not missed.
    const waiting = new AbortController();
    const until = AbortSignal.any([signal, waiting.signal]);
    const moved = Promise.race([
      once(database.signals, 'moved', { signal: until }),
      sleep(LATEST_MS, undefined, { signal: until }),
    ]).catch(() => undefined);
    try {
      for (const advance of await positionsOf(database, names).catch(() => [])) {
        if (known.get(advance.name) === advance.position) continue;
        known.set(advance.name, advance.position);
        yield advance;
      }
      await moved;
    } finally {
      waiting.abort();
    }
    await sleep(SOONEST_MS, undefined, { signal }).catch(() => undefined);
  }
}
