import type pg from 'pg';
import type { RecordedEvent } from '#event-sourcing/event.js';
import type { EventStore } from '#event-sourcing/event-store.js';
import type { Projection } from '#event-sourcing/projection.js';
import { refuse } from '#event-sourcing/refusal.js';
import type { Database } from './database.js';
import type { Subject } from './failures.js';
import { Fold } from './fold.js';
import { schemaOf } from './naming.js';
import { allOf } from './pipeline.js';
import { type Plan, planOf } from './plan.js';
import { projected } from './projected-events.js';
import { claim, type Generation } from './registry.js';
import { inTransaction } from './transaction.js';
import { loadMissing, writeFolded } from './write-page.js';

export interface RetryOptions {
  readonly store: EventStore;
  readonly database: Database;
  readonly projection: Projection;
  /** Only this key; default all. */
  readonly subject?: Subject;
}

/** How many events were folded after all, and how many still wait. */
export interface RetryReport {
  readonly replayed: number;
  readonly left: number;
}

export interface Letter extends Subject {
  readonly stream: string;
  readonly revision: string;
}

/**
 * Folds the parked events of a projection again, after its fold was mended: key by key, in order. Keys that still fail stay
 * parked. A projector that is running notices and goes on with the rows as they are then.
 */
export async function retryDeadLetters({ store, database, projection, subject }: RetryOptions): Promise<RetryReport> {
  return inTransaction(database, async client => {
    const generation = await claimLive(client, projection);
    const report = { replayed: 0, left: 0 };
    for (const letters of await lettersByKey(client, generation, subject)) {
      if (await replayed({ store, client, generation, projection }, letters)) report.replayed += letters.length;
      else report.left += letters.length;
    }
    return report;
  });
}

/**
 * Claims the live generation for the length of the transaction: the projector waits, is fenced off, and forgets the rows that it
 * remembers.
 * @throws Refusal CONFLICT when another version than that of the program is live.
 */
export async function claimLive(client: pg.PoolClient, { name, version }: Projection): Promise<Generation> {
  const generation = await claim(client, name, 'live');
  if (!generation) throw new Error(`There is no projection ${name}.`);
  if (generation.version !== version)
    throw refuse('CONFLICT', `Version ${generation.version} of ${name} is live, not ${version}.`);
  return generation;
}

interface Replaying {
  readonly store: EventStore;
  readonly client: pg.PoolClient;
  readonly generation: Generation;
  readonly projection: Projection;
}

/** Folds the events of one key after all; `false` when one of them still cannot be folded, and none was. */
export async function replayed(
  { store, client, generation, projection }: Replaying,
  letters: readonly Letter[],
): Promise<boolean> {
  const events = await Promise.all(letters.map(letter => eventOf(store, letter)));
  return replay(client, generation, planFor(projection, letters[0]!), letters[0]!, events);
}

async function lettersByKey(client: pg.PoolClient, { id }: Generation, subject?: Subject): Promise<Letter[][]> {
  const { rows } = await client.query<Letter>(
    `select table_name as "table", key, stream, revision::text from projections.dead_letters
     where generation = $1 and ($2::text is null or (table_name = $2 and key = $3)) order by table_name, key, position`,
    [id, subject?.table, subject?.key],
  );
  const groups = new Map<string, Letter[]>();
  for (const letter of rows) {
    const id = `${letter.table}\0${letter.key}`;
    groups.set(id, [...(groups.get(id) ?? []), letter]);
  }
  return [...groups.values()];
}

/** The event that a letter names. */
export async function eventOf(
  store: EventStore,
  { stream, revision }: Pick<Letter, 'stream' | 'revision'>,
): Promise<RecordedEvent> {
  for await (const event of store.readStream(stream, { from: BigInt(revision), limit: 1 })) return event;
  throw new Error(`Event ${revision} of ${stream} is not in the log.`);
}

/** The projection with no other table than that of the letter, and the totals of it. */
function planFor({ tables, ...projection }: Projection, { table }: Subject): Plan {
  const rows = tables.rows.filter(({ name }) => name === table);
  const logs = tables.logs.filter(({ name }) => name === table);
  const totals = tables.totals.filter(totals => rows.includes(totals.rows));
  return planOf({ ...projection, tables: { rows, logs, totals } });
}

/** All events of a key or none of them. */
async function replay(
  client: pg.PoolClient,
  generation: Generation,
  plan: Plan,
  { table, key }: Subject,
  events: readonly RecordedEvent[],
): Promise<boolean> {
  const schema = schemaOf(generation.name);
  const subject = [generation.id, table, key];
  await client.query('savepoint before_key');
  try {
    const fold = new Fold(plan);
    const agenda = fold.agenda(events.map(event => projected(event, generation.timeZone)));
    // The key itself could not be told when it was parked: other events of it have been folded since, out of order.
    if (agenda.steps.some(step => step.key !== key)) throw new Error('Its key has changed; rebuild the projection.');
    await allOf(loadMissing(client, schema, agenda.missing));
    fold.run(agenda);
    await allOf(writeFolded(client, schema, fold));
    await client.query(
      'delete from projections.dead_letters where generation = $1 and table_name = $2 and key = $3',
      subject,
    );
    return true;
  } catch (error) {
    await client.query('rollback to savepoint before_key');
    await client.query(
      `update projections.dead_letters set error = $4 where generation = $1 and table_name = $2 and key = $3
       and position = (select min(position) from projections.dead_letters where generation = $1 and table_name = $2 and key = $3)`,
      [...subject, (error as Error).message],
    );
    return false;
  }
}
