import type pg from 'pg';
import { refuse } from '#event-sourcing/refusal.js';
import type { Database } from './database.js';
import { schemaOf } from './naming.js';

type Client = pg.PoolClient;

async function moveSlot(client: Client, name: string, from: string, to: string): Promise<void> {
  // A new epoch: whoever still follows it under its old name has to look again.
  const sql = 'update projections.generations set slot = $3, epoch = epoch + 1 where name = $1 and slot = $2';
  const { rowCount } = await client.query(sql, [name, from, to]);
  if (rowCount !== 1) throw refuse('NOT_FOUND', `${name} has no ${from} generation.`);
}

/** Locks the live generation, so that its checkpoint stays where it is until the end of the transaction. */
export const lockLive = (client: Client, name: string) =>
  client.query(`select from projections.generations where name = $1 and slot = 'live' for update`, [name]);

/** Drops the generation before the live one. Apart from the swap: it may have to wait for a reader. */
export async function dropPrevious({ pool }: Database, name: string): Promise<void> {
  await pool.query(`drop schema if exists ${schemaOf(name, 'previous')} cascade`);
  await pool.query(`delete from projections.generations where name = $1 and slot = 'previous'`, [name]);
}

/** Makes `next` live and keeps what was live as `previous`; there is none by then. In the caller's transaction, after `lockLive`. */
export async function promote(client: Client, name: string): Promise<void> {
  await client.query(`alter schema ${schemaOf(name)} rename to ${schemaOf(name, 'previous')}`);
  await client.query(`alter schema ${schemaOf(name, 'next')} rename to ${schemaOf(name)}`);
  await moveSlot(client, name, 'live', 'previous');
  await moveSlot(client, name, 'next', 'live');
}

/**
 * Makes the previous generation live again, as it was left; it catches up from there if the program has its version. It stays
 * until somebody rebuilds: no program replaces it by itself.
 * @throws Refusal NOT_FOUND if there is none.
 */
export async function swapBack({ pool }: Database, name: string): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('begin');
    await lockLive(client, name);
    await moveSlot(client, name, 'live', 'aside');
    await moveSlot(client, name, 'previous', 'live');
    await moveSlot(client, name, 'aside', 'previous');
    await client.query(`update projections.generations set held = (slot = 'live') where name = $1`, [name]);
    const [live, previous, aside] = [schemaOf(name), schemaOf(name, 'previous'), schemaOf(name, 'aside')];
    await client.query(`alter schema ${live} rename to ${aside}`);
    await client.query(`alter schema ${previous} rename to ${live}`);
    await client.query(`alter schema ${aside} rename to ${previous}`);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw error;
  } finally {
    client.release();
  }
}
