import type pg from 'pg';
import type { Instant, Position } from '#event-sourcing/event.js';
import type { Database } from './database.js';
import { prepared } from './prepared.js';
import { inTransaction, SETTINGS } from './transaction.js';

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

/** Somebody else has taken the generation over or moved its checkpoint: nothing of the transaction may stay. */
export class Fenced extends Error {
  override readonly name = 'Fenced';

  constructor(name: string) {
    super(`${name} was taken over by another projector.`);
  }
}

type Queryable = Pick<pg.ClientBase, 'query'>;

const DEFINITION = `
  -- One at a time: two processes that start together would both find nothing and both create.
  select pg_advisory_xact_lock(7237501001);
  create schema if not exists projections;
  create table if not exists projections.generations (
    id bigint generated always as identity primary key,
    name text not null,
    slot text not null,
    version integer not null,
    time_zone text not null,
    types text[],
    position bigint not null default 0,
    epoch bigint not null default 0,
    known_from date,
    known_until date,
    events_per_second double precision not null default 0,
    last_error text,
    held boolean not null default false,
    ready boolean not null default false,
    read_to bigint,
    updated_at timestamptz not null default now(),
    unique (name, slot)
  ) with (fillfactor = 50);
  create table if not exists projections.leases (
    name text primary key,
    owner text not null,
    expires_at timestamptz not null
  ) with (fillfactor = 50);
  create table if not exists projections.dead_letters (
    generation bigint not null references projections.generations (id) on delete cascade,
    table_name text not null,
    key text not null,
    position bigint not null,
    stream text not null,
    revision bigint not null,
    type text not null,
    error text,
    parked_at timestamptz not null default now(),
    primary key (generation, table_name, key, position)
  );
  -- By name, because a rebuild makes a new generation and must know of them too.
  create table if not exists projections.skipped (
    name text not null,
    table_name text not null,
    key text not null,
    position bigint not null,
    version integer not null,
    stream text not null,
    revision bigint not null,
    type text not null,
    error text,
    reason text not null,
    skipped_by text not null,
    skipped_at timestamptz not null default now(),
    primary key (name, table_name, key, position)
  );
  -- Which log the checkpoints belong to.
  create table if not exists projections.log (
    only_row boolean primary key default true check (only_row),
    identity text not null
  );
  -- Asked first: altering would wait for everybody who reads, even where there is nothing to alter.
  do $$ begin
    if not exists (select from pg_attribute where attrelid = 'projections.generations'::regclass and attname = 'ready') then
      alter table projections.generations add column ready boolean not null default false, add column read_to bigint;
    end if;
  end $$`;

/** Creates the tables that all projections share, where they are missing. */
export async function ensureRegistry({ pool }: Database): Promise<void> {
  await pool.query(DEFINITION);
}

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

/** How far a checkpoint moves, and what is known on the way. */
export interface Step {
  readonly to: Position;
  readonly eventsPerSecond: number;
  readonly knownFrom?: string;
  readonly knownUntil?: string;
}

const MOVE = `
  update projections.generations set position = $4, events_per_second = $5, last_error = null, updated_at = now(),
    known_from = least(known_from, $6::date), known_until = greatest(known_until, $7::date)
  where id = $1 and epoch = $2 and position = $3`;

const PASS = `
  with settings as materialized (${SETTINGS})
  update projections.generations g set position = $1, events_per_second = step.rate, last_error = null, updated_at = now()
  from settings, json_to_recordset($2::json) as step(id bigint, epoch bigint, position bigint, rate double precision)
  where g.id = step.id and g.epoch = step.epoch and g.position = step.position returning g.id`;

/**
 * Moves the checkpoint. First in its transaction: the row stays locked, so that nobody takes over in the middle.
 * @throws Fenced when it does not stand where its owner left it.
 */
export async function moveCheckpoint(client: Queryable, from: Generation, step: Step): Promise<void> {
  const values = [from.id, from.epoch, from.position, step.to, step.eventsPerSecond, step.knownFrom, step.knownUntil];
  const { rowCount } = await client.query(prepared(MOVE, values));
  if (rowCount !== 1) throw new Fenced(from.name);
}

/** A checkpoint that moves although nothing is written: what was read does not concern it, or was only reacted to. */
export interface Passing {
  readonly from: Generation;
  readonly eventsPerSecond: number;
}

/** Moves checkpoints for whose sake nothing is written, in one statement; answers the ids of those that were not fenced off. */
export async function passCheckpoints(
  { pool }: Database,
  passing: readonly Passing[],
  to: Position,
): Promise<ReadonlySet<number>> {
  const steps = passing.map(({ from: { id, epoch, position }, eventsPerSecond: rate }) => ({
    id,
    epoch,
    position: String(position),
    rate,
  }));
  const { rows } = await pool.query<{ id: number }>(prepared(PASS, [to, JSON.stringify(steps)]));
  return new Set(rows.map(({ id }) => id));
}

/** Notes why a generation does not get on; the next step clears it. Not for longer than a transaction waits: its row may be what is locked. */
export async function noteError(database: Database, { id }: Pick<Generation, 'id'>, error: unknown): Promise<void> {
  const message = error instanceof Error ? error.message : String(error);
  const sql = 'update projections.generations set last_error = $2, updated_at = now() where id = $1';
  await inTransaction(database, client => client.query(sql, [id, message]));
}
