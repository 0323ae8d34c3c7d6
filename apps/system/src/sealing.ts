import type { Instant } from '#event-sourcing/event.js';
import type { EventStore } from '#event-sourcing/event-store.js';
import { Sealer } from '#integrity/sealer.js';
import { signingKey } from '#integrity/signing-key.js';
import type { Config } from '#platform/config.js';
import { withLock } from '#platform/embedded-postgres/lock.js';
import type { System } from './system.js';

/** What seals a log as configured; makes the key where there is none. */
export function sealerOf(store: EventStore, config: Config, clock: () => Instant): Sealer {
  const { headsDir: folder, sealKey } = config;
  const exclusively = <T>(path: string, work: () => Promise<T>) => withLock(`${path}.lock`, work);
  return new Sealer({ store, folder, key: signingKey(sealKey), clock, exclusively });
}

/** Seals what is appended until stopped; stopping seals the rest, so it comes after the last append and before the store is closed. */
export function startSealing({ stored, config, reading, log }: System): { stop(): Promise<void> } {
  const sealer = sealerOf(stored, config, reading.clock);
  const failed = (error: unknown) => log.error({ error }, 'The log could not be sealed.');
  const stopping = new AbortController();
  const sealing = sealer.keep(config.sealEverySeconds * 1_000, stopping.signal, failed);
  const stop = async () => {
    stopping.abort();
    await sealing;
    await sealer.seal().catch(failed);
  };
  return { stop };
}
