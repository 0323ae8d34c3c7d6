import { setTimeout as sleep } from 'node:timers/promises';
import type { EventStore } from '#event-sourcing/event-store.js';
import type { Projection } from '#event-sourcing/projection.js';
import type { Database } from '../database.js';
import { Follower } from '../follower.js';
import type { Log } from '../log.js';
import { schemaOf } from '../naming.js';
import { planOf } from '../plan.js';
import { prepare } from '../prepare.js';
import { claim } from '../registry.js';
import { TIME_ZONE } from './history.js';

const nothing = () => undefined;
export const silent: Log = { info: nothing, warn: nothing, error: nothing };

/** As if a projection had never been there. */
export async function forget({ pool }: Database, { name }: Projection): Promise<void> {
  const schemas = [schemaOf(name), schemaOf(name, 'next'), schemaOf(name, 'previous')];
  await pool.query(schemas.map(schema => `drop schema if exists ${schema} cascade`).join(';'));
  if ((await pool.query(`select to_regclass('projections.generations') as found`)).rows[0].found)
    await pool.query('delete from projections.generations where name = $1', [name]);
}

/** A follower of the live tables, which are created where they are missing. */
export async function openFollower(database: Database, projection: Projection): Promise<Follower> {
  await prepare({ database, projections: [projection], timeZone: TIME_ZONE });
  return Follower.open(database, planOf(projection), (await claim(database.pool, projection.name, 'live'))!, silent);
}

/** Folds the whole log into the live tables, in pages of a size; the changes are posted to the totals. */
export async function foldInPages(database: Database, projection: Projection, store: EventStore, pageSize: number) {
  const follower = await openFollower(database, projection);
  for await (const page of store.readAll({ after: follower.position, pageSize })) await follower.take(page);
  await follower.rest();
  await follower.post();
}

/** Waits until something holds; the test's own time limit ends it. */
export async function eventually(holds: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await holds())) await sleep(10);
}
