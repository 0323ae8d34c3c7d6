import type pg from 'pg';
import type { EventStore } from '#event-sourcing/event-store.js';
import { catchUp } from './catch-up.js';
import type { Database } from './database.js';
import { type Digest, digestOf, digestQueries } from './digest.js';
import type { Follower } from './follower.js';
import { schemaOf } from './naming.js';
import { findGeneration } from './registry.js';
import { inTransaction } from './transaction.js';

/** By table: whether the new one holds the same as the live one; `new` when the live one has no table of this shape. */
export type Comparison = { readonly [table: string]: 'equal' | 'different' | 'new' };

/** Undefined table, undefined column: the live version was defined otherwise. */
const OTHER_SHAPE = new Set(['42P01', '42703']);

/**
 * Compares a generation that is built beside the live one with it, at the live one's position. The live one is looked at in one
 * snapshot and moves on meanwhile. `undefined` when it is behind the new one: then there is no common position.
 */
export async function compare(
  store: EventStore,
  database: Database,
  next: Follower,
  signal?: AbortSignal,
): Promise<Comparison | undefined> {
  const client = await database.pool.connect();
  try {
    await client.query('begin isolation level repeatable read read only; set local statement_timeout = 0');
    const { position } = (await findGeneration(client, next.name, 'live'))!;
    if (position < next.position) return undefined;
    await catchUp(store, next, { until: position, signal });
    signal?.throwIfAborted();
    await next.post();
    const [was, is] = await Promise.all([
      digestOfShape(client, next),
      inTransaction(database, other => digestOf(other, schemaOf(next.name, 'next'), next.plan)),
    ]);
    const results = Object.entries(is).map(([table, hash]) => {
      return [table, was[table] === undefined ? 'new' : was[table] === hash ? 'equal' : 'different'] as const;
    });
    return Object.fromEntries(results);
  } finally {
    await client.query('rollback').then(
      () => client.release(),
      broken => client.release(broken),
    );
  }
}

/** The digest of the live tables, but for those that its version defines otherwise. */
async function digestOfShape(client: pg.PoolClient, { name, plan }: Follower): Promise<Digest> {
  const digest: Record<string, string> = {};
  for (const { table, sql } of digestQueries(schemaOf(name), plan)) {
    await client.query('savepoint before_table');
    try {
      const { rows } = await client.query<{ hash: string }>(sql);
      digest[table] = rows[0]!.hash;
    } catch (error) {
      if (!OTHER_SHAPE.has((error as { code?: string }).code ?? '')) throw error;
      await client.query('rollback to savepoint before_table');
    }
  }
  return digest;
}
