import type pg from 'pg';
import type { Database } from './database.js';

/** Errors of the data itself: they come again with every attempt, unlike a lost connection or a full disk. */
export function isDataError(error: unknown): boolean {
  const code = (error as { code?: unknown }).code;
  // Data exception, integrity constraint, program limit (a value too large for an index).
  return typeof code === 'string' && code.length === 5 && ['22', '23', '54'].includes(code.slice(0, 2));
}

/** What the database would refuse at a time when nobody could tell any more which event it came from. */
export class TooLarge extends Error {
  override readonly name = 'TooLarge';
  /** Program limit exceeded. */
  readonly code = '54000';
}

/** Who waits longer for a lock gives up, says so, and tries again: otherwise nobody would learn that somebody sits on it. */
const LOCK_TIMEOUT_MS = 5_000;
/** A process that hangs, or whose machine is gone, in the middle of a transaction must not keep its locks from the one that takes over. */
const IDLE_TIMEOUT_MS = 5_000;

/** All of it holds for this transaction alone: nothing is left behind on a connection that a pooler gives to somebody else. */
const BEGIN = [
  'begin',
  'set local synchronous_commit = off',
  // A limit that was set for readers does not hold for a build's statements.
  'set local statement_timeout = 0',
  // A plan does not depend on what a page holds, and to plan a page's totals takes longer than to write them.
  'set local plan_cache_mode = force_generic_plan',
  `set local lock_timeout = ${LOCK_TIMEOUT_MS}`,
  `set local idle_in_transaction_session_timeout = ${IDLE_TIMEOUT_MS}`,
].join('; ');

/**
 * The same for a statement that is a transaction by itself: it has to join this one row, which is made before any lock is waited for.
 * Three messages fewer than a transaction of several statements.
 */
export const SETTINGS = `select set_config('synchronous_commit', 'off', true), set_config('lock_timeout', '${LOCK_TIMEOUT_MS}', true)`;

/**
 * Runs `work` in one transaction. Its commit does not wait for the disk: what a crash of the database takes back, it takes
 * back together with the checkpoint, and the events are folded again.
 */
export async function inTransaction<T>(
  { pool }: Pick<Database, 'pool'>,
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query(BEGIN);
    const result = await work(client);
    await client.query('commit');
    client.release();
    return result;
  } catch (error) {
    // A connection that cannot even roll back is of no use to anybody: it is closed, not given back.
    await client.query('rollback').then(
      () => client.release(),
      broken => client.release(broken),
    );
    throw error;
  }
}
