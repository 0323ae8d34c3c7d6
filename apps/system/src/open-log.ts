import type { EventStore } from '#event-sourcing/event-store.js';
import { type OpenOptions, openEventStore } from '#event-store/open-event-store.js';
import { ChainedStore } from '#integrity/chained-store.js';
import type { Config } from '#platform/config.js';
import { startEmbeddedPostgres } from '#platform/embedded-postgres/embedded-postgres.js';

/** The store that everybody writes to: what stands between a writer and the adapter, the outermost first. */
export const openStore = async (url: string, options?: OpenOptions): Promise<EventStore> =>
  new ChainedStore(await openEventStore(url, options));

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
