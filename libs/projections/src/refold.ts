import type pg from 'pg';
import type { Position, RecordedEvent } from '#event-sourcing/event.js';
import type { EventStore } from '#event-sourcing/event-store.js';
import type { Projection } from '#event-sourcing/projection.js';
import type { Database } from './database.js';
import { type Failures, type FoldFailure, type Subject, strict } from './failures.js';
import { Fold } from './fold.js';
import { schemaOf } from './naming.js';
import { allOf } from './pipeline.js';
import { type Plan, planOf } from './plan.js';
import { projected } from './projected-events.js';
import { claim, type Generation } from './registry.js';
import { type Keys, keyIn, keysOf, storedRows } from './rows-about.js';
import { dropPrevious } from './swap.js';
import { inTransaction } from './transaction.js';
import { writeRows } from './write-page.js';

export interface RefoldOptions {
  readonly store: EventStore;
  readonly database: Database;
  readonly projections: readonly Projection[];
}

const PAGE_SIZE = 2_000;

/** The keys of one projection's tables whose rows are folded anew, and the events that they are folded from. */
interface Affected {
  readonly plan: Plan;
  readonly keys: Keys;
  readonly events: RecordedEvent[];
}

/**
 * Folds every row anew that any of these events went into, because the log reads otherwise now than when they were folded: somebody was
 * erased. The rows are those that a rebuild would give; totals stay as they are, since they are made of nothing personal. What cannot be
 * folded anew is dropped (the generation that was live before) or waited for (a build that goes on).
 * @throws Error when that has to be tried again later, saying why.
 */
export async function refold(options: RefoldOptions, changed: readonly RecordedEvent[]): Promise<void> {
  const { store, database, projections } = options;
  for (const { name } of projections) await clearBeside(database, name);
  const affected = projections.map((projection): Affected => {
    const plan = planOf(projection);
    return { plan, keys: keysOf(plan, changed), events: [] };
  });
  const read = await readFor(store, affected, 0n);
  // Those without such rows, too: a page that was read before may still be on its way into them.
  for (const one of affected) await write(store, database, one, read);
}

/** Reads the log once for all, behind a position, and keeps what concerns the keys. Answers how far it came. */
async function readFor(store: EventStore, affected: readonly Affected[], after: Position): Promise<Position> {
  const types = [
    ...new Set(affected.flatMap(({ keys }) => [...keys.keys()].flatMap(({ on }) => Object.keys(on)))),
  ].sort();
  let upTo = after;
  if (!types.length) return upTo;
  for await (const page of store.readAll({ after, types, pageSize: PAGE_SIZE })) {
    for (const event of page.events)
      for (const { plan, keys, events } of affected) {
        const concerns = plan.of(event.type).rows.some(rows => keys.get(rows)?.has(keyIn(rows, event) ?? '\0'));
        if (concerns) events.push(event);
      }
    upTo = page.upTo;
  }
  return upTo;
}

async function write(store: EventStore, database: Database, affected: Affected, read: Position): Promise<void> {
  const { plan, keys } = affected;
  const { name, version } = plan.projection;
  await inTransaction(database, async client => {
    // Whoever projects is fenced off, with the rows and pages that it remembers, and looks again at what stands here afterwards.
    const live = await claim(client, name, 'live');
    if (!live) return;
    if (live.version !== version)
      throw new Error(
        `Version ${live.version} of ${name} is live, not ${version}: it will be tried again when that is.`,
      );
    if (live.position > read) await readFor(store, [affected], read);
    const events = affected.events.filter(({ position }) => position <= live.position);
    const fold = new Fold({ ...plan, logs: [], totals: [] }, await waitingIn(client, live));
    const { steps, missing, ...agenda } = fold.agenda(events.map(event => projected(event, live.timeZone)));
    for (const [table, found] of missing) table.adopt(found);
    fold.run({ ...agenda, missing, steps: steps.filter(({ table, key }) => keys.get(table.plan)?.has(key)) });
    for (const { plan: rows, cache } of fold.tables) {
      const wanted = keys.get(rows);
      if (!wanted) continue;
      const found = await storedRows(client, schemaOf(name), rows, wanted);
      const stored = new Map(found.map(row => [row[rows.table.key] as string, row]));
      const states = [...wanted].map(key => ({
        key,
        row: cache.get(key)?.row,
        stored: stored.get(key),
        parts: undefined,
      }));
      await allOf(writeRows(client, schemaOf(name), rows, states));
    }
    await forgetErrors(client, live, keys);
  });
}

/** Events that wait behind one that could not be folded go on waiting. */
async function waitingIn(client: pg.PoolClient, { id }: Generation): Promise<Failures> {
  const { rows } = await client.query<Subject & { from: string }>(
    `select table_name as "table", key, min(position)::text as "from" from projections.dead_letters
     where generation = $1 group by 1, 2`,
    [id],
  );
  const parked = new Map(rows.map(({ table, key, from }) => [`${table}\0${key}`, BigInt(from)]));
  return {
    failed: (failure: FoldFailure) => strict.failed(failure),
    waits: ({ position }, { table, key }) => position >= (parked.get(`${table}\0${key}`) ?? position + 1n),
  };
}

/** What a fold or the database said of a value may quote it. */
async function forgetErrors(client: pg.PoolClient, { id, name }: Generation, keys: Affected['keys']): Promise<void> {
  for (const [{ table }, affected] of keys)
    await client.query(
      `update projections.dead_letters set error = 'not kept: somebody was erased'
       where generation = $1 and table_name = $2 and key = any($3) and error is not null`,
      [id, table.name, [...affected]],
    );
  await client.query('update projections.generations set last_error = null where name = $1', [name]);
}

/** Drops what was live before: only the program that made it could fold it anew. So with what a build has left that broke off. */
async function clearBeside(database: Database, name: string): Promise<void> {
  await dropPrevious(database, name);
  await inTransaction(database, async client => {
    const { rowCount } = await client.query(
      `select from projections.leases where name = $1 and expires_at > clock_timestamp()
       and exists (select from projections.generations where name = $2 and slot = 'next')`,
      [`${name}:build`, name],
    );
    if (rowCount)
      throw new Error(`${name} is being built from what was read before: it will be tried again afterwards.`);
    await client.query(`delete from projections.generations where name = $1 and slot = 'next'`, [name]);
    await client.query(`drop schema if exists ${schemaOf(name, 'next')} cascade`);
  });
}
