import type { Database } from './database.js';

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
