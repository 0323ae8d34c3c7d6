import { privacy } from '#crm/privacy.js';
import type { EventStore } from '#event-sourcing/event-store.js';
import { type OpenOptions, openEventStore } from '#event-store/open-event-store.js';
import { ChainedStore } from '#integrity/chained-store.js';
import type { Config } from '#platform/config.js';
import { startEmbeddedPostgres } from '#platform/embedded-postgres/embedded-postgres.js';
import type { PersonKeys } from '#privacy/person-keys.js';
import { PersonalStore } from '#privacy/personal-store.js';

/** The store that everybody writes to, and what it keeps, as it is stored: to be sealed, proved and copied. */
export interface OpenedStore {
  readonly store: EventStore;
  readonly stored: EventStore;
}

/** What stands between a writer and the adapter: what is personal is encrypted, and then hashed as it is stored. */
export async function openStore(url: string, keys: PersonKeys, options?: OpenOptions): Promise<OpenedStore> {
  const stored = new ChainedStore(await openEventStore(url, options));
  return { store: new PersonalStore(stored, keys, privacy), stored };
}

/** The log as it is stored, and nothing else: to read it, or to copy it with its hashes. Unlike a whole system it comes up without read models, and without writing a first event. */
export interface OpenedLog {
  readonly store: EventStore;
  close(): Promise<void>;
}

/** Opens the log as configured, and starts (or adopts) the embedded Postgres if it lives there. */
export async function openLog(config: Config): Promise<OpenedLog> {
  const embedded = config.eventStoreUrl ? undefined : await startEmbeddedPostgres(config);
  try {
    const store = await openEventStore(config.eventStoreUrl ?? embedded!.url);
    const close = async () => {
      await store.close();
      await embedded?.stop();
    };
    return { store, close };
  } catch (error) {
    await embedded?.stop();
    throw error;
  }
}
