import type { Instant } from '#event-sourcing/event.js';
import type { Database } from './database.js';
import type { Subject } from './failures.js';

/** An event that a live projection could not fold, or that waits behind such a one. */
export interface DeadLetter extends Subject {
  readonly projection: string;
  readonly position: number;
  readonly stream: string;
  readonly revision: string;
  readonly type: string;
  /** Why it could not be folded; `null`: it waits behind another one of its key. */
  readonly error: string | null;
  readonly parkedAt: Instant;
}

/** An event that was left out of a key because somebody said so. */
export interface SkippedEvent extends Omit<DeadLetter, 'parkedAt'> {
  /** The version of the projection for which it was decided. */
  readonly version: number;
  readonly reason: string;
  readonly skippedBy: string;
  readonly skippedAt: Instant;
}

export interface Selection {
  readonly projection?: string;
  readonly key?: string;
  /** At most so many; default all. */
  readonly limit?: number;
}

/** By projection, table and key; those of a key in the order in which they wait. */
export async function deadLetters(
  { pool }: Database,
  { projection, key, limit }: Selection = {},
): Promise<DeadLetter[]> {
  const { rows } = await pool.query<DeadLetter>(
    `select g.name as projection, l.table_name as "table", l.key, l.position, l.stream, l.revision::text, l.type, l.error,
       l.parked_at as "parkedAt"
     from projections.dead_letters l join projections.generations g on g.id = l.generation and g.slot = 'live'
     where ($1::text is null or g.name = $1) and ($2::text is null or l.key = $2) order by 1, 2, 3, 4 limit $3`,
    [projection, key, limit],
  );
  return rows;
}

/** What was left out, by projection, table and key. */
export async function skippedEvents(
  { pool }: Database,
  { projection, limit }: Selection = {},
): Promise<SkippedEvent[]> {
  const { rows } = await pool.query<SkippedEvent>(
    `select name as projection, table_name as "table", key, position, stream, revision::text, type, error, version, reason,
       skipped_by as "skippedBy", skipped_at as "skippedAt"
     from projections.skipped where ($1::text is null or name = $1) order by 1, 2, 3, 4 limit $2`,
    [projection, limit],
  );
  return rows;
}
