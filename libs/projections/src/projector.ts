import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { EventStore } from '#event-sourcing/event-store.js';
import type { Projection } from '#event-sourcing/projection.js';
import { backoff } from './backoff.js';
import { Builds } from './builds.js';
import { Course } from './course.js';
import type { Database } from './database.js';
import { Leases } from './leases.js';
import type { Log } from './log.js';
import { planOf } from './plan.js';
import { prepare } from './prepare.js';
import { SharedReading } from './shared-reading.js';

export interface ProjectorOptions {
  readonly store: EventStore;
  readonly database: Database;
  readonly projections: readonly Projection[];
  readonly timeZone: string;
  readonly signal: AbortSignal;
  readonly log: Log;
  /** A new version is built, but somebody has to swap it; the first tables of a projection become live all the same. */
  readonly manualSwap?: boolean;
  /** This process in the registry; default: host, process and a random part. */
  readonly owner?: string;
  readonly leaseMs?: number;
}

/** A name for this process among those that share the work. */
export const newOwner = (): string => `${hostname()}:${process.pid}:${randomUUID().slice(0, 8)}`;

/**
 * Keeps projections up to date until aborted: brings new versions up beside the live ones and swaps them, catches up, and then
 * reads the log once for all. Several processes may run it: for each projection one works, the others stand by.
 * Errors never end it; they are logged, shown in the status, and tried again.
 */
export async function runProjections(options: ProjectorOptions): Promise<void> {
  const { store, database, projections, signal, log, owner = newOwner(), leaseMs } = options;
  const names = projections.map(({ name }) => name);
  for (let attempt = 0; !signal.aborted; attempt++) {
    try {
      await prepare(options);
      break;
    } catch (error) {
      log.error({ error }, 'The read models could not be prepared.');
      await backoff(attempt, signal);
    }
  }
  const leases = new Leases(database, names, owner, log, leaseMs);
  const reading = new SharedReading(store, database, log);
  const builds = new Builds(options);
  await Promise.all([
    leases.keep(signal),
    reading.run(signal),
    reading.watch(signal),
    ...projections.map(projection => new Course(options, planOf(projection), leases, reading, builds).run()),
  ]);
}
