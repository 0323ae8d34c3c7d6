import { randomUUID } from 'node:crypto';
import type { Position } from '#event-sourcing/event.js';
import type { EventStore } from '#event-sourcing/event-store.js';
import type { Projection } from '#event-sourcing/projection.js';
import { Build } from './build.js';
import { catchUp } from './catch-up.js';
import { type Comparison, compare } from './compare.js';
import type { Database } from './database.js';
import { Follower } from './follower.js';
import { Leases } from './leases.js';
import type { Log } from './log.js';
import { type Plan, planOf } from './plan.js';
import { prepare } from './prepare.js';
import { ahead } from './read-ahead.js';
import { claim, findGeneration, type Generation } from './registry.js';
import { dropPrevious, lockLive, promote } from './swap.js';
import { inTransaction } from './transaction.js';

const PAGE_SIZE = 2_000;
/** Longer than a lease lasts: one that was left behind by a crash has expired by then. */
const PATIENCE_MS = 10_000;

export interface RebuildProgress {
  readonly phase: 'folding' | 'finishing' | 'comparing' | 'swapped';
  /** Events folded so far, and per second since the start. */
  readonly events: number;
  readonly eventsPerSecond: number;
  readonly position: Position;
  /** Where folding ends. */
  readonly target: Position;
  /** Until folding ends, by the way that is behind. */
  readonly etaSeconds: number;
}

export interface RebuildOptions {
  readonly store: EventStore;
  readonly database: Database;
  readonly projection: Projection;
  readonly timeZone: string;
  readonly log: Log;
  /** Swaps although the tables differ from the live ones of the same version. */
  readonly force?: boolean;
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
export async function rebuild(options: RebuildOptions): Promise<RebuildReport> {
  const { database, projection, timeZone, log } = options;
  await prepare({ database, projections: [projection], timeZone });
  const lease = `${projection.name}:build`;
  const leases = new Leases(database, [lease], randomUUID(), log);
  const end = new AbortController();
  const kept = leases.keep(end.signal);
  try {
    await leases.until(lease, true, AbortSignal.timeout(PATIENCE_MS));
    if (!leases.owns(lease)) throw new BeingRebuilt(projection.name);
    return await rebuildOwned(options);
  } finally {
    end.abort();
    await kept;
  }
}

async function rebuildOwned(options: RebuildOptions): Promise<RebuildReport> {
  const { store, database, projection, timeZone, log } = options;
  const started = performance.now();
  const plan = planOf(projection);
  const { name, version } = projection;
  const live = (await findGeneration(database.pool, name, 'live'))!;
  const same = live.version === version && live.timeZone === timeZone;
  // What shall be compared must not run ahead of the live one; it catches up afterwards.
  const target = same && live.position > 0n ? live.position : await store.head();
  const events = await build(options, plan, target);
  const seconds = (performance.now() - started) / 1_000;
  const report = { projection: name, version, events, seconds, eventsPerSecond: events / seconds };

  const next = (await claim(database.pool, name, 'next'))!;
  const follower = await Follower.open(database, plan, next, log, true);
  const comparison = await compare(store, database, follower, options.signal);
  const different = Object.values(comparison ?? {}).some(result => result !== 'equal');
  if (same && different && !options.force) return { ...report, comparison, swapped: false };
  await swap(options, follower, live);
  return { ...report, comparison, swapped: true };
}

/** Folds the log up to `target`; answers how many events there were. */
async function build({ store, database, timeZone, signal, onProgress }: RebuildOptions, plan: Plan, target: Position) {
  const building = await Build.begin(database, plan, timeZone);
  const started = performance.now();
  let events = 0;
  const tell = (phase: RebuildProgress['phase'], position: Position) => {
    const seconds = Math.max(performance.now() - started, 1) / 1_000;
    const part = target ? Math.min(Number(position) / Number(target), 1) : 1;
    const etaSeconds = part ? seconds / part - seconds : 0;
    onProgress?.({ phase, events, eventsPerSecond: events / seconds, position, target, etaSeconds });
  };
  try {
    for await (const page of ahead(store.readAll({ types: plan.types, pageSize: PAGE_SIZE, signal }))) {
      signal?.throwIfAborted();
      const last = page.upTo >= target;
      const taken = last ? page.events.filter(({ position }) => position <= target) : page.events;
      await building.take(taken, last ? target : page.upTo);
      events += taken.length;
      tell('folding', page.upTo);
      if (last) break;
    }
    signal?.throwIfAborted();
    tell('finishing', target);
    await building.finish(target);
    tell('comparing', target);
    return events;
  } catch (error) {
    await building.fail(error);
    throw error;
  }
}

/** Brings the new one to where the live one is, and lets them change places in one short transaction. */
async function swap({ store, database, signal }: RebuildOptions, follower: Follower, live: Generation): Promise<void> {
  await catchUp(store, follower, { signal });
  signal?.throwIfAborted();
  await dropPrevious(database, follower.name);
  await inTransaction(database, async client => {
    await lockLive(client, follower.name);
    const { position } = (await findGeneration(client, follower.name, 'live'))!;
    await catchUp(store, follower, { until: position });
    await promote(client, follower.name);
  });
  // Tables that were never filled are nothing to swap back to.
  if (live.position === 0n) await dropPrevious(database, follower.name);
}
