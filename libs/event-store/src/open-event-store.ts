import type { EventStore } from '#event-sourcing/event-store.js';

export interface OpenOptions {
  /** Of a store that commits appends in batches (Postgres): told how many each of them took. */
  readonly onCommit?: (appends: number) => void;
}

/** The adapters by the scheme of `EVENT_STORE_URL`; each is loaded only when it is chosen, because the clients are large. */
const adapters: { readonly [scheme: string]: (url: string, options: OpenOptions) => Promise<EventStore> } = {
  postgres: openPostgres,
  postgresql: openPostgres,
  kurrentdb: openKurrentdb,
  'kurrentdb+discover': openKurrentdb,
  esdb: openKurrentdb,
  'esdb+discover': openKurrentdb,
};

/**
 * Opens the log that a URL names: `postgres://…`, `kurrentdb://…` or `esdb://…`.
 * @throws Error for any other scheme; otherwise what the adapter throws.
 */
export async function openEventStore(url: string, options: OpenOptions = {}): Promise<EventStore> {
  const scheme = /^([^:]+):\/\//.exec(url)?.[1]?.toLowerCase() ?? '';
  const open = Object.hasOwn(adapters, scheme) ? adapters[scheme] : undefined;
  // The rest of the URL may hold a password, so it is not repeated.
  if (!open)
    throw new Error(
      `EVENT_STORE_URL must begin with postgres://, kurrentdb:// or esdb://, got ${scheme ? `${scheme}://` : 'no scheme'}.`,
    );
  return open(url, options);
}

async function openPostgres(url: string, options: OpenOptions): Promise<EventStore> {
  const { openPostgresStore } = await import('./postgres/postgres-event-store.js');
  return openPostgresStore(url, options);
}

async function openKurrentdb(url: string): Promise<EventStore> {
  const { openKurrentdbStore } = await import('./kurrentdb/kurrentdb-event-store.js');
  return openKurrentdbStore(url);
}
