import { randomUUID } from 'node:crypto';
import type { Database } from './database.js';
import { Leases } from './leases.js';
import type { Log } from './log.js';
import { BeingRebuilt } from './rebuild.js';

/** Longer than a lease lasts: one that was left behind by a crash has expired by then. */
const PATIENCE_MS = 10_000;

/** Does something with the tables beside the live ones while nobody else does. @throws BeingRebuilt */
export async function owningBuild<T>(database: Database, name: string, log: Log, work: () => Promise<T>): Promise<T> {
  const lease = `${name}:build`;
  const leases = new Leases(database, [lease], randomUUID(), log);
  const end = new AbortController();
  const kept = leases.keep(end.signal);
  try {
    await leases.until(lease, true, AbortSignal.timeout(PATIENCE_MS));
    if (!leases.owns(lease)) throw new BeingRebuilt(name);
    return await work();
  } finally {
    end.abort();
    await kept;
  }
}
