import type { Position } from '#event-sourcing/event.js';
import { Build } from './build.js';
import type { BuildReading } from './build-reading.js';
import { catchUp } from './catch-up.js';
import { compare } from './compare.js';
import { Follower } from './follower.js';
import { planOf } from './plan.js';
import { Progress } from './progress.js';
import type { RebuildOptions, RebuildReport } from './rebuild.js';
import { claim, findGeneration, type Generation, markReady } from './registry.js';
import type { RowBudget } from './row-budget.js';
import { dropPrevious, lockLive, promote } from './swap.js';
import { inTransaction } from './transaction.js';
import type { Turns } from './turns.js';

/** A rebuild with what it shares with others that go on at the same time. */
export interface Rebuilding extends RebuildOptions {
  readonly budget: RowBudget;
  readonly writes: Turns;
  /** Computing totals and indexes takes both of the database's processors and much memory: one projection at a time. */
  readonly finishing: Turns;
}

/** What is built, and beside what. */
interface Begun {
  readonly build: Build;
  readonly live: Generation;
  /** The live one is of the same version and time zone, so that the two have to be equal. */
  readonly same: boolean;
  readonly target: Position;
  readonly progress: Progress;
}

/** Rebuilds a projection whose lease is held; see `rebuild`. */
export async function rebuildOwned(options: Rebuilding, reading: BuildReading): Promise<RebuildReport> {
  const { projection, finishing } = options;
  const started = performance.now();
  const begun = await begin(options).catch(error => {
    reading.stayAway();
    throw error;
  });
  await fold(begun, reading);
  return finishing.take(async () => {
    await finish(options, begun);
    const { events } = begun.progress;
    const seconds = (performance.now() - started) / 1_000;
    const { name, version } = projection;
    const report = { projection: name, version, events, seconds, eventsPerSecond: events / seconds };
    return { ...report, ...(await compareAndSwap(options, begun)) };
  });
}

async function begin(options: Rebuilding): Promise<Begun> {
  const { store, database, projection, timeZone, budget, writes, hold, onProgress } = options;
  const live = (await findGeneration(database.pool, projection.name, 'live'))!;
  const same = live.version === projection.version && live.timeZone === timeZone;
  // What shall be compared must not run ahead of the live one; it catches up afterwards.
  const target = (same || hold) && live.position > 0n ? live.position : await store.head();
  const build = await Build.begin({ database, plan: planOf(projection), timeZone, budget, writes });
  return { build, live, same, target, progress: new Progress(target, onProgress) };
}

/** Folds the log up to the target. */
async function fold({ build, target, progress }: Begun, reading: BuildReading): Promise<void> {
  try {
    await reading.feed({ build, target, onPage: (events, position) => progress.folded(events, position) });
  } catch (error) {
    await build.fail(error);
    throw error;
  }
}

async function finish({ signal }: Rebuilding, { build, target, progress }: Begun): Promise<void> {
  try {
    signal?.throwIfAborted();
    progress.tell('finishing');
    await build.finish(target);
  } catch (error) {
    await build.fail(error);
    throw error;
  }
}

async function compareAndSwap(
  options: Rebuilding,
  { build, live, same, progress }: Begun,
): Promise<Pick<RebuildReport, 'comparison' | 'swapped'>> {
  const { store, database, projection, log, signal, force, hold } = options;
  progress.tell('comparing');
  const next = (await claim(database.pool, projection.name, 'next'))!;
  await markReady(database.pool, next);
  const follower = await Follower.open(database, build.plan, next, log, true);
  const comparison = await compare(store, database, follower, signal).finally(() => follower.rest());
  const different = Object.values(comparison ?? {}).some(result => result !== 'equal');
  if (hold || (same && different && !force)) return { comparison, swapped: false };
  await swap(options, follower, live);
  return { comparison, swapped: true };
}

/** Brings the new one to where the live one is, and lets them change places in one short transaction. */
export async function swap(
  { store, database, signal }: Pick<RebuildOptions, 'store' | 'database' | 'signal'>,
  follower: Follower,
  live: Generation,
): Promise<void> {
  await catchUp(store, follower, { signal });
  signal?.throwIfAborted();
  await dropPrevious(database, follower.name);
  await inTransaction(database, async client => {
    await lockLive(client, follower.name);
    const { position } = (await findGeneration(client, follower.name, 'live'))!;
    await catchUp(store, follower, { until: position });
    await promote(client, follower.name);
  }).finally(() => follower.rest());
  // Tables that were never filled are nothing to swap back to.
  if (live.position === 0n) await dropPrevious(database, follower.name);
}
