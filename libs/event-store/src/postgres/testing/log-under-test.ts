import pg from 'pg';
import { testDatabase } from '#test/support/postgres.js';
import { openPostgresStore, type PostgresEventStore, type PostgresStoreOptions } from '../postgres-event-store.js';

/** A fresh log, a second way into its database, and as many more stores on it as a test wants: each is like a process of its own. */
export interface LogUnderTest {
  readonly url: string;
  readonly store: PostgresEventStore;
  /** Connected as the owner of the tables. */
  readonly owner: pg.Client;
  open(options?: PostgresStoreOptions): Promise<PostgresEventStore>;
  /** Breaks the connections of all stores. */
  cutConnections(): Promise<void>;
  close(): Promise<void>;
}

export async function logUnderTest(options?: PostgresStoreOptions): Promise<LogUnderTest> {
  const { url, drop } = await testDatabase();
  const stores: PostgresEventStore[] = [];
  const open = async (options?: PostgresStoreOptions) => {
    const store = await openPostgresStore(url, options);
    stores.push(store);
    return store;
  };
  const store = await open(options);
  const owner = new pg.Client(url);
  await owner.connect();
  return {
    url,
    store,
    owner,
    open,
    cutConnections: async () => {
      await owner.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
          where datname = current_database() and application_name = 'event-store'`,
      );
    },
    close: async () => {
      // First, because what a failed test left locked would keep the stores waiting.
      await owner.end();
      await Promise.all(stores.map(store => store.close()));
      await drop();
    },
  };
}

/** Resolves once so many sessions of the database wait for a lock. */
export async function waitingForLock(owner: pg.Client, sessions: number): Promise<void> {
  const waiting = `select count(*)::int as waiting from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock'`;
  for (;;) {
    // Within a transaction of the owner the view would show for ever what it showed first.
    await owner.query('select pg_stat_clear_snapshot()');
    const { rows } = await owner.query<{ waiting: number }>(waiting);
    if (rows[0]!.waiting >= sessions) return;
  }
}
