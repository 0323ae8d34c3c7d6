import type { Position } from '#event-sourcing/event.js';
import type { EventStore } from '#event-sourcing/event-store.js';
import { refuse } from '#event-sourcing/refusal.js';
import type { Database } from './database.js';

const REMEDY =
  'Name the log that they belong to (EVENT_STORE_URL), or another database (DATABASE_URL), or drop them with ./crm projections reset --yes: the next start builds them from this log.';

/**
 * Which log this is: its first event, where this store holds it and since when. It stays the same in a backup and after a restore,
 * and differs after events were copied to another store, where their positions differ too. Nothing for an empty log.
 */
async function identityOf(store: EventStore): Promise<string | undefined> {
  // In whole seconds: how exact a time stamp comes back depends on the client.
  for await (const { events } of store.readAll({ pageSize: 1 }))
    for (const { id, position, storedAt } of events) return `${id} at ${position} since ${storedAt.slice(0, 19)}Z`;
  return undefined;
}

/**
 * Makes sure that checkpoints and log belong together; with the first event of a log, read models become its own. Positions of
 * another log, or of one that was set back, would make every projection silently skip events.
 * @throws Refusal OTHER_LOG, with what can be done.
 */
export async function requireSameLog({ pool }: Database, store: EventStore): Promise<void> {
  const known = await pool.query<{ identity: string }>('select identity from projections.log');
  const expected = known.rows[0]?.identity;
  // Before the head is asked for: checkpoints may move on meanwhile.
  const furthest = await furthestCheckpoint(pool);
  const [identity, head] = [await identityOf(store), await store.head()];
  if (expected !== undefined && expected !== identity)
    throw refuse(
      'OTHER_LOG',
      `These read models were made from another log: its first event is ${expected}, here it is ${identity ?? 'missing'}. ${REMEDY}`,
    );
  if (furthest.position > head)
    throw refuse(
      'OTHER_LOG',
      `${furthest.name} has seen the log up to position ${furthest.position}, but it ends at ${head}: it is another one, or was set back to an older backup. ${REMEDY}`,
    );
  if (expected === undefined && identity !== undefined)
    await pool.query('insert into projections.log (identity) values ($1) on conflict do nothing', [identity]);
}

async function furthestCheckpoint(pool: Database['pool']): Promise<{ name: string; position: Position }> {
  const { rows } = await pool.query<{ name: string; position: string }>(
    'select name, position::text from projections.generations g order by g.position desc limit 1',
  );
  return { name: rows[0]?.name ?? '', position: BigInt(rows[0]?.position ?? 0) };
}
