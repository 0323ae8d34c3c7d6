import type pg from 'pg';

/**
 * By month, so that old entries go with their table: no entry is ever deleted by itself, and the trigger need not make an exception.
 * Months are made and dropped by functions of the tables' owner, so that a role that may only call them cannot take away anything
 * else. `prune` refuses to drop what is younger than 30 days, whoever calls it.
 */
const DEFINITION = `
  -- In one transaction with all that follows: two processes that start together would both find nothing and both create.
  select pg_advisory_xact_lock(4785201935);
  create schema if not exists access_log;

  create table if not exists access_log.entries (
    at timestamptz not null,
    id text not null,
    actor_id text not null,
    role text not null,
    on_behalf_of text,
    operation text not null,
    fields text[] not null,
    arguments text not null,
    records text[] not null,
    rows integer,
    outcome text not null,
    correlation_id text not null,
    address text,
    primary key (at, id)
  ) partition by range (at);
  -- One per filter that the access log is asked with, in the order of its pages.
  create index if not exists entries_actor_id_at_id_idx on access_log.entries (actor_id, at, id);
  create index if not exists entries_correlation_id_idx on access_log.entries (correlation_id);
  -- With its list of what is to be added later, the insert that finds it full does all of that, for a tenth of a second, and readers wait.
  create index if not exists entries_records_idx on access_log.entries using gin (records) with (fastupdate = off);
  create index if not exists entries_by_operation on access_log.entries (operation, at, id);
  create index if not exists entries_by_address on access_log.entries (address, at, id);

  create or replace function access_log.refuse_edits() returns trigger language plpgsql as $$
  begin
    raise exception 'The access log is append-only: % is refused.', tg_op using errcode = 'restrict_violation';
  end $$;
  create or replace trigger append_only before update or delete or truncate on access_log.entries
    for each statement execute function access_log.refuse_edits();
  alter table access_log.entries enable always trigger append_only;

  create or replace function access_log.make_month(month date) returns void
    language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
  declare
    part text := 'entries_' || to_char(month, 'YYYY_MM');
    first timestamp := date_trunc('month', month::timestamp);
  begin
    perform pg_advisory_xact_lock(4785201935);
    if exists (select from pg_tables where schemaname = 'access_log' and tablename = part) then return; end if;
    execute format('create table access_log.%I partition of access_log.entries for values from (%L) to (%L)',
      part, first || '+00', first + interval '1 month' || '+00');
    execute format('create trigger append_only before update or delete or truncate on access_log.%I
      for each statement execute function access_log.refuse_edits()', part);
    execute format('alter table access_log.%I enable always trigger append_only', part);
  end $$;

  create or replace function access_log.prune(days integer) returns integer
    language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
  declare
    part text;
    dropped integer := 0;
  begin
    if days < 30 then raise exception 'The access log keeps its entries for 30 days at least.'; end if;
    perform pg_advisory_xact_lock(4785201935);
    for part in
      select tablename from pg_tables where schemaname = 'access_log' and tablename ~ '^entries_\\d{4}_\\d{2}$'
        and to_date(right(tablename, 7), 'YYYY_MM') + interval '1 month' <= now() at time zone 'utc' - make_interval(days => days)
    loop
      execute format('drop table access_log.%I', part);
      dropped := dropped + 1;
    end loop;
    return dropped;
  end $$;
`;

/** That all of it is there; what a newer release adds is only missed by the owner, who can add it. */
const COMPLETE = `
  select exists (
    select from pg_tables where schemaname = 'access_log' and tablename = 'entries'
      and (not pg_has_role(tableowner, 'usage')
        or exists (select from pg_indexes where schemaname = 'access_log' and indexname = 'entries_by_address'))
  ) as found`;

/** Creates what is missing; processes that start at once wait for each other. */
export async function createAccessLog(pool: pg.Pool): Promise<void> {
  // Asked first without the lock, so that a role that may not create anything can open what exists.
  const { rows } = await pool.query<{ found: boolean }>(COMPLETE);
  if (!rows[0]!.found) await pool.query(DEFINITION);
}
