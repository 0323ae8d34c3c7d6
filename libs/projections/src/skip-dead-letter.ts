import { refuse } from '#event-sourcing/refusal.js';
import { claimLive, type Letter, type RetryOptions, replayed } from './dead-letters.js';
import type { Subject } from './failures.js';
import { inTransaction } from './transaction.js';

const REASON_AT_MOST = 1_000;

export interface SkipOptions extends RetryOptions {
  /** The key that is stuck. */
  readonly subject: Subject;
  /** Who decides, and why; stands in the registry as long as the projection does. */
  readonly by: string;
  readonly reason: string;
}

export interface SkipReport {
  /** The event that was left out. */
  readonly position: number;
  readonly type: string;
  /** Events behind it that were folded, and those that still wait because one of them cannot be folded either. */
  readonly replayed: number;
  readonly left: number;
}

type Stuck = Letter & { readonly position: number; readonly type: string };

/**
 * Leaves out the event at which a key is stuck, and folds what waits behind it. Later rebuilds leave it out as well: see `Skips`.
 * @throws Refusal BAD_USER_INPUT without a reason, NOT_FOUND when nothing is stuck there, CONFLICT when another version is live.
 */
export async function skipDeadLetter(options: SkipOptions): Promise<SkipReport> {
  const { store, database, projection, subject, by } = options;
  const reason = reasonIn(options);
  return inTransaction(database, async client => {
    // A decision of somebody, unlike what is folded, does not come again by itself after a crash.
    await client.query('set local synchronous_commit = on');
    const generation = await claimLive(client, projection);
    const { rows: letters } = await client.query<Stuck>(
      `select table_name as "table", key, stream, revision::text, position, type from projections.dead_letters
       where generation = $1 and table_name = $2 and key = $3 order by position`,
      [generation.id, subject.table, subject.key],
    );
    const [stuck, ...behind] = letters;
    if (!stuck)
      throw refuse('NOT_FOUND', `${projection.name} has no dead letters for ${subject.key} in ${subject.table}.`);
    await client.query(
      `with letter as (delete from projections.dead_letters where generation = $1 and table_name = $2 and key = $3 and position = $4 returning *)
       insert into projections.skipped (name, table_name, key, position, version, stream, revision, type, error, reason, skipped_by)
       select $5, table_name, key, position, $6, stream, revision, type, error, $7, $8 from letter
       on conflict (name, table_name, key, position) do update set version = excluded.version, error = excluded.error,
         reason = excluded.reason, skipped_by = excluded.skipped_by, skipped_at = excluded.skipped_at`,
      [generation.id, stuck.table, stuck.key, stuck.position, projection.name, projection.version, reason, by],
    );
    const folded = behind.length === 0 || (await replayed({ store, client, generation, projection }, behind));
    const { position, type } = stuck;
    return { position, type, replayed: folded ? behind.length : 0, left: folded ? 0 : behind.length };
  });
}

function reasonIn({ reason }: SkipOptions): string {
  const text = reason.trim();
  if (text && text.length <= REASON_AT_MOST) return text;
  const allowed = `a text of 1 to ${REASON_AT_MOST} characters`;
  throw refuse('BAD_USER_INPUT', 'Say why the event may be left out.', { field: 'reason', allowed });
}
