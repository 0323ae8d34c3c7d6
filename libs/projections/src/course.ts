import { setTimeout as sleep } from 'node:timers/promises';
import { backoff } from './backoff.js';
import type { Builds } from './builds.js';
import { catchUp } from './catch-up.js';
import { Fenced } from './checkpoints.js';
import type { Database } from './database.js';
import { FoldFailure } from './failures.js';
import { Follower } from './follower.js';
import type { Leases } from './leases.js';
import type { Plan } from './plan.js';
import { prepare } from './prepare.js';
import type { ProjectorOptions } from './projector.js';
import { BeingRebuilt } from './rebuild.js';
import { claim, findGeneration, type Generation, noteError } from './registry.js';
import type { SharedReading } from './shared-reading.js';
import { inTransaction } from './transaction.js';

/** A log longer than this is folded faster beside the empty tables than page by page into them. */
const LONG_LOG = 5_000;
/** Small, for all projections count at the same time. */
const COUNTING_PAGE = 500;
/** How often a projector that may not go on looks whether it may. */
const LOOK_AGAIN_MS = 5_000;
const HELD = 'The projection was built and waits: compare it (projections diff) and swap it (projections swap).';
/** Before a build that failed is tried again: the same program meets the same event. */
const BUILD_AGAIN_MS = 300_000;

/** The course of one projection in this process. */
export class Course {
  private buildFailed = false;

  constructor(
    private readonly options: ProjectorOptions,
    private readonly plan: Plan,
    private readonly leases: Leases,
    private readonly reading: SharedReading,
    private readonly builds: Builds,
  ) {}

  private get name(): string {
    return this.plan.projection.name;
  }

  async run(): Promise<void> {
    const { signal, log, database } = this.options;
    let attempt = 0;
    while (!signal.aborted) {
      try {
        const began = performance.now();
        await this.next(() => {
          attempt = 0;
        });
        // Not in a circle without a pause, whatever may be wrong.
        if (performance.now() - began < 100) await this.pause(100);
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof Fenced) log.info({ projection: this.name }, error.message);
        else await this.report(error, database);
        await backoff(attempt++, signal);
      }
    }
  }

  /** Does what is next for it, until that comes to an end. */
  private async next(working: () => void): Promise<void> {
    const { database, projections, timeZone, signal } = this.options;
    const live = await findGeneration(database.pool, this.name, 'live');
    if (!live) return prepare({ database, projections, timeZone });
    const { projection } = this.plan;
    if (live.version > projection.version || (live.held && live.version !== projection.version))
      return this.standAside(live);
    // A new version is built without the lease, so that the process that has it keeps the old version up to date meanwhile.
    if (live.version < projection.version) return this.buildVersion(live);
    this.leases.want(this.name);
    await this.leases.until(this.name, true, signal);
    if (signal.aborted) return;
    // Where the first build stumbled over an event, following parks that event and goes on.
    if (!this.buildFailed && (await this.isFirst(live))) return this.build();
    if (live.timeZone !== timeZone && live.position > 0n) return this.build();
    await this.follow(working);
  }

  private async follow(working: () => void): Promise<void> {
    const { store, database, log, signal } = this.options;
    const lost = new AbortController();
    const until = AbortSignal.any([signal, lost.signal]);
    // Also ends the waiting when the following ends for another reason.
    const over = new AbortController();
    void this.leases.until(this.name, false, AbortSignal.any([signal, over.signal])).then(() => lost.abort());
    try {
      const generation = await inTransaction(database, client => claim(client, this.name, 'live'));
      if (generation?.version !== this.plan.projection.version) return;
      const follower = await Follower.open(database, this.plan, generation, log);
      await catchUp(store, follower, { signal: until });
      working();
      await this.reading.keep(follower, until);
    } finally {
      over.abort();
    }
  }

  private async buildVersion(live: Generation): Promise<void> {
    const { database, manualSwap, timeZone } = this.options;
    const hold = manualSwap && live.position > 0n;
    const next = hold ? await findGeneration(database.pool, this.name, 'next') : undefined;
    const { version } = this.plan.projection;
    // It waits for somebody to swap it.
    if (next?.ready && next.version === version && next.timeZone === timeZone) return this.pause(LOOK_AGAIN_MS);
    return this.build(hold);
  }

  private async build(hold = false): Promise<void> {
    const { projection } = this.plan;
    const { log, signal, database } = this.options;
    try {
      log.info({ projection: this.name, version: projection.version }, 'Building a projection from the log.');
      const report = await this.builds.build(projection, hold);
      log.info({ ...report }, hold ? HELD : 'The projection was built and is live.');
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof BeingRebuilt) return this.pause(LOOK_AGAIN_MS);
      if (!(error instanceof FoldFailure)) throw error;
      await this.report(error, database);
      this.buildFailed = true;
      const live = await findGeneration(database.pool, this.name, 'live');
      if (live?.position) await this.pause(BUILD_AGAIN_MS);
    }
  }

  private async pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.options.signal }).catch(() => undefined);
  }

  /** Never filled, and with a long log to go. */
  private async isFirst(live: Generation): Promise<boolean> {
    if (live.position > 0n) return false;
    const { store, signal } = this.options;
    let events = 0;
    for await (const page of store.readAll({ types: this.plan.types, pageSize: COUNTING_PAGE, signal })) {
      events += page.events.length;
      if (events >= LONG_LOG) return true;
    }
    return false;
  }

  private async standAside(live: Generation): Promise<void> {
    const { log } = this.options;
    log.warn(
      { projection: this.name, version: this.plan.projection.version, live: live.version },
      'Another version is live; this process leaves it alone.',
    );
    await this.leases.leave(this.name);
    await this.pause(LOOK_AGAIN_MS);
  }

  private async report(error: unknown, database: Database): Promise<void> {
    this.options.log.error({ projection: this.name, error }, 'The projection does not get on; it will be tried again.');
    // Whether the registry can be reached is unsure at such a moment.
    await findGeneration(database.pool, this.name, 'live')
      .then(live => live && noteError(database, live, error))
      .catch(() => undefined);
  }
}
