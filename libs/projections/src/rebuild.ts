import { randomUUID } from 'node:crypto';
import type { EventStore } from '#event-sourcing/event-store.js';
import type { Projection } from '#event-sourcing/projection.js';
import { BuildReading } from './build-reading.js';
import type { Comparison } from './compare.js';
import type { Database } from './database.js';
import { Leases } from './leases.js';
import type { Log } from './log.js';
import { prepare } from './prepare.js';
import type { RebuildProgress } from './progress.js';
import { type Rebuilding, rebuildOwned } from './rebuilding.js';
import { RowBudget } from './row-budget.js';
import { Turns } from './turns.js';

/** Of all tables that are built together. More were no faster: moving them about in memory cost what was saved. */
const CACHED_ROWS = 20_000;
/** For a lease that nobody has: winning it takes a query. */
const SHORT_PATIENCE_MS = 1_000;
/** Longer than a lease lasts: one that was left behind by a crash has expired by then. */
const PATIENCE_MS = 10_000;

export interface RebuildOptions {
  readonly store: EventStore;
  readonly database: Database;
  readonly projection: Projection;
  readonly timeZone: string;
  readonly log: Log;
  /** Swaps although the tables differ from the live ones of the same version. */
  readonly force?: boolean;
  /** Leaves the new tables beside the live ones, as `next`, to be compared and swapped when somebody says so. */
  readonly hold?: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: RebuildProgress) => void;
}

export interface RebuildReport {
  readonly projection: string;
  readonly version: number;
  readonly events: number;
  readonly seconds: number;
  readonly eventsPerSecond: number;
  /** How each table compares with the live one at the same position; `undefined`: there was nothing to compare with. */
  readonly comparison?: Comparison;
  readonly swapped: boolean;
}

export interface RebuildTogetherOptions extends Omit<RebuildOptions, 'projection' | 'hold' | 'onProgress'> {
  readonly projections: readonly Projection[];
  /** Those whose new tables are left beside the live ones. */
  readonly hold?: readonly Projection[];
  readonly onProgress?: (projection: Projection, progress: RebuildProgress) => void;
}

/** Another process is at it, and there is nothing to do but to wait for it. */
export class BeingRebuilt extends Error {
  override readonly name = 'BeingRebuilt';

  constructor(projection: string) {
    super(`${projection} is being rebuilt by another process.`);
  }
}

/**
 * Builds a projection afresh from the log beside the live one, which goes on answering and is kept up to date meanwhile, compares
 * the two and lets them change places. A rebuilt projection of the same version that differs from the live one means that the
 * live one was wrong: then it takes `force`.
 * @throws FoldFailure at the first event that cannot be folded; BeingRebuilt.
 */
export function rebuild({ projection, hold, onProgress, ...options }: RebuildOptions): Promise<RebuildReport> {
  const told = (_: Projection, progress: RebuildProgress) => onProgress?.(progress);
  const held = hold ? [projection] : [];
  return rebuildTogether({ ...options, projections: [projection], hold: held, onProgress: told })[0]!;
}

/**
 * The same for several: the log is read once for all of them. Answers a promise for each, in their order, which settles when that
 * projection was swapped or has failed; the others go on.
 */
export function rebuildTogether({
  projections,
  hold: held = [],
  onProgress,
  ...options
}: RebuildTogetherOptions): Promise<RebuildReport>[] {
  const { store, database, timeZone, signal, log } = options;
  const leases = new Leases(database, projections.map(leaseOf), randomUUID(), log);
  const reading = new BuildReading(store, timeZone, projections.length, signal);
  const shared = { budget: new RowBudget(CACHED_ROWS), writes: new Turns(), finishing: new Turns() };
  const end = new AbortController();
  const prepared = prepare({ database, projections, timeZone });
  const kept = prepared.then(
    () => leases.keep(end.signal),
    () => undefined,
  );
  let left = projections.length;
  return projections.map(async projection => {
    try {
      await prepared;
      const told = (progress: RebuildProgress) => onProgress?.(projection, progress);
      const own = { projection, hold: held.includes(projection), onProgress: told };
      return await rebuildLeased({ ...options, ...shared, ...own }, leases, reading);
    } finally {
      await leases.leave(leaseOf(projection));
      if (--left === 0) {
        end.abort();
        await kept;
      }
    }
  });
}

const leaseOf = ({ name }: Projection): string => `${name}:build`;

async function rebuildLeased(options: Rebuilding, leases: Leases, reading: BuildReading): Promise<RebuildReport> {
  const { store, timeZone, signal, projection } = options;
  const lease = leaseOf(projection);
  await leases.until(lease, true, AbortSignal.timeout(SHORT_PATIENCE_MS));
  if (leases.owns(lease)) return rebuildOwned(options, reading);
  // Another process is at it, or was until it crashed: the others don't wait for that.
  reading.stayAway();
  await leases.until(lease, true, AbortSignal.timeout(PATIENCE_MS));
  if (!leases.owns(lease)) throw new BeingRebuilt(projection.name);
  return rebuildOwned(options, new BuildReading(store, timeZone, 1, signal));
}
