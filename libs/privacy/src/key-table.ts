import pg from 'pg';
import type { Person } from '#event-sourcing/privacy.js';

/** A person's key as it is stored; without a wrapped key the person was erased. */
export interface StoredKey {
  readonly person: Person;
  readonly wrapped: Buffer | null;
  /** The id of the master key that wraps it. */
  readonly master: string;
}

const DEFINITION = `
  select pg_advisory_xact_lock(7237501002);
  create schema if not exists person_keys;
  create table if not exists person_keys.keys (
    person text primary key,
    wrapped bytea,
    master text not null,
    created_at timestamptz not null default now(),
    erased_at timestamptz,
    check ((wrapped is null) = (erased_at is not null))
  );
  -- Counts erasures, in the order in which they become visible: what a reader has not seen yet has a higher number.
  create table if not exists person_keys.erasures (
    number bigint generated always as identity primary key,
    person text not null unique
  )`;

/** Where the wrapped keys are kept: a schema of its own, apart from the log. */
export class KeyTable {
  private constructor(private readonly pool: pg.Pool) {}

  static async open(url: string): Promise<KeyTable> {
    // A key that is lost takes what was encrypted with it along, so its commit waits for the disk, whatever the server's default is.
    const options = '-c synchronous_commit=on';
    const pool = new pg.Pool({ connectionString: url, max: 3, application_name: 'chronicle-keys', options });
    pool.on('error', () => undefined);
    pool.on('connect', client => client.on('error', () => undefined));
    try {
      await pool.query(DEFINITION);
    } catch (error) {
      await pool.end();
      throw error;
    }
    return new KeyTable(pool);
  }

  async find(persons: readonly Person[]): Promise<StoredKey[]> {
    const sql = 'select person, wrapped, master from person_keys.keys where person = any($1)';
    return (await this.pool.query<StoredKey>(sql, [persons])).rows;
  }

  /** Stores those that are new, and answers what is stored of the others: for them somebody else was faster. */
  async add(keys: readonly StoredKey[]): Promise<StoredKey[]> {
    const persons = keys.map(({ person }) => person);
    // Without a name: a pooler that gives out connections by the transaction would not know it.
    const { rows } = await this.pool.query<{ person: Person }>(
      `insert into person_keys.keys (person, wrapped, master)
       select * from unnest($1::text[], $2::bytea[], $3::text[]) order by 1 on conflict (person) do nothing
       returning person`,
      [persons, keys.map(({ wrapped }) => wrapped), keys.map(({ master }) => master)],
    );
    if (rows.length === keys.length) return [];
    const added = new Set(rows.map(({ person }) => person));
    return this.find(persons.filter(person => !added.has(person)));
  }

  /** Destroys keys, for good; that of a person who has none yet will never be. Repeating it changes nothing. */
  async destroy(persons: readonly Person[]): Promise<void> {
    const client = await this.pool.connect();
    try {
      await client.query('begin');
      // One erasure at a time, so that numbers become visible in their order.
      await client.query('lock table person_keys.erasures in exclusive mode');
      await client.query(
        `insert into person_keys.keys (person, wrapped, master, erased_at) select unnest($1::text[]), null, '', now()
         on conflict (person) do update set wrapped = null, master = '', erased_at = coalesce(keys.erased_at, now())`,
        [persons],
      );
      await client.query(
        'insert into person_keys.erasures (person) select unnest($1::text[]) on conflict (person) do nothing',
        [persons],
      );
      await client.query('commit');
      client.release();
    } catch (error) {
      client.release(error as Error);
      throw error;
    }
    // Otherwise the old version of the row would lie in its page until somebody cleans up.
    await this.pool.query('vacuum person_keys.keys');
  }

  /** Who was erased after the erasure of that number, and the highest number. */
  async erasedAfter(number: bigint): Promise<{ readonly number: bigint; readonly persons: Person[] }> {
    const sql = 'select number::text, person from person_keys.erasures where number > $1 order by number';
    const { rows } = await this.pool.query<{ number: string; person: Person }>(sql, [number]);
    return { number: BigInt(rows.at(-1)?.number ?? number), persons: rows.map(({ person }) => person) };
  }

  /** Some keys that another master key wraps. */
  async wrappedByOthers(master: string, limit: number): Promise<StoredKey[]> {
    const sql = `select person, wrapped, master from person_keys.keys where master <> $1 and wrapped is not null limit $2`;
    return (await this.pool.query<StoredKey>(sql, [master, limit])).rows;
  }

  /** Replaces wrapped keys unless they were replaced or destroyed meanwhile. */
  async rewrap(keys: readonly (StoredKey & { readonly before: Buffer })[]): Promise<void> {
    await this.pool.query(
      `update person_keys.keys k set wrapped = n.wrapped, master = n.master
       from unnest($1::text[], $2::bytea[], $3::text[], $4::bytea[]) as n(person, wrapped, master, before)
       where k.person = n.person and k.wrapped = n.before`,
      [
        keys.map(({ person }) => person),
        keys.map(({ wrapped }) => wrapped),
        keys.map(({ master }) => master),
        keys.map(({ before }) => before),
      ],
    );
  }

  close(): Promise<void> {
    return this.pool.end();
  }
}
