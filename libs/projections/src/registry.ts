import type pg from 'pg';
import type { Instant, Position } from '#event-sourcing/event.js';
import type { Database } from './database.js';
import { inTransaction } from './transaction.js';

/**
 * What a generation is for: `live` answers queries, `next` is built beside it, `previous` was live before it; a `reactor` is no
 * read model but has a checkpoint too.
 */
export type Slot = 'live' | 'next' | 'previous' | 'reactor';

/** One generation of a projection's tables, with its checkpoint. */
export interface Generation {
  readonly id: number;
  readonly name: string;
  readonly slot: Slot;
  readonly version: number;
  readonly timeZone: string;
  readonly position: Position;
  /** Raised by everybody who takes the generation over: whoever still holds an older one writes nothing any more. */
  readonly epoch: number;
  readonly types: readonly string[] | null;
  /** As it was measured last; 0 when that is long ago. */
  readonly eventsPerSecond: number;
  readonly lastError: string | null;
  /** Somebody swapped back to it by hand, so that no program replaces it by itself. */
  readonly held: boolean;
  /** Built to the end. A `next` that is not is half a table, whoever left it behind. */
  readonly ready: boolean;
  /** How far the reading is that builds it, as a number to be shown; its checkpoint follows when something is written. */
  readonly readTo: number | null;
  readonly updatedAt: Instant;
  /** Since then, in seconds by the database's clock. */
  readonly restingSeconds: number;
}

type Queryable = Pick<pg.ClientBase, 'query'>;

const FIELDS = `id, name, slot, version, time_zone as "timeZone", position::text, epoch, types,
  case when updated_at > now() - interval '15 s' then events_per_second else 0 end as "eventsPerSecond", last_error as "lastError", held, ready, read_to as "readTo", updated_at as "updatedAt",
  extract(epoch from clock_timestamp() - updated_at)::float8 as "restingSeconds"`;

const generationOf = (row: Generation & { position: unknown }): Generation => ({
  ...row,
  position: BigInt(row.position as unknown as string),
});

export async function findGeneration(client: Queryable, name: string, slot: Slot): Promise<Generation | undefined> {
  const sql = `select ${FIELDS} from projections.generations where name = $1 and slot = $2`;
  const { rows } = await client.query(sql, [name, slot]);
  return rows.map(generationOf)[0];
}

export async function allGenerations(client: Queryable): Promise<Generation[]> {
  const { rows } = await client.query(`select ${FIELDS} from projections.generations order by name, slot`);
  return rows.map(generationOf);
}

/** Enters a generation that starts at the beginning of the log; `undefined` when there is one already. */
export async function createGeneration(
  client: Queryable,
  made: Pick<Generation, 'name' | 'slot' | 'version' | 'timeZone' | 'types'>,
): Promise<Generation | undefined> {
  const { rows } = await client.query(
    `insert into projections.generations (name, slot, version, time_zone, types) values ($1, $2, $3, $4, $5)
     on conflict (name, slot) do nothing returning ${FIELDS}`,
    [made.name, made.slot, made.version, made.timeZone, made.types],
  );
  return rows.map(generationOf)[0];
}

/** Takes a generation over, so that its former owner is fenced off; returns it with the new epoch. */
export async function claim(client: Queryable, name: string, slot: Slot): Promise<Generation | undefined> {
  const sql = `update projections.generations set epoch = epoch + 1 where name = $1 and slot = $2 returning ${FIELDS}`;
  const { rows } = await client.query(sql, [name, slot]);
  return rows.map(generationOf)[0];
}

/** A generation that was built to the end may be compared and swapped. */
export async function markReady(client: Queryable, { id }: Pick<Generation, 'id'>): Promise<void> {
  await client.query('update projections.generations set ready = true where id = $1', [id]);
}

/** Notes why a generation does not get on; the next step clears it. Not for longer than a transaction waits: its row may be what is locked. */
export async function noteError(database: Database, { id }: Pick<Generation, 'id'>, error: unknown): Promise<void> {
  const message = error instanceof Error ? error.message : String(error);
  const sql = 'update projections.generations set last_error = $2, updated_at = now() where id = $1';
  await inTransaction(database, client => client.query(sql, [id, message]));
}
