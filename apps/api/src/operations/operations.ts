import type { OnModuleDestroy } from '@nestjs/common';
import { projectionNamed } from '#apps/system/src/named-projections.js';
import type { System } from '#apps/system/src/system.js';
import { refuse } from '#event-sourcing/refusal.js';
import { type RetryReport, retryDeadLetters } from '#projections/dead-letters.js';
import { type Differences, differencesOf } from '#projections/differences.js';
import { FoldFailure, type Subject } from '#projections/failures.js';
import { noteProgress } from '#projections/note-progress.js';
import { BeingRebuilt, rebuild } from '#projections/rebuild.js';
import { type SkipReport, skipDeadLetter } from '#projections/skip-dead-letter.js';
import { swapBack } from '#projections/swap.js';
import { swapForward } from '#projections/swap-forward.js';

export interface RebuildRequest {
  readonly name: string;
  readonly force: boolean;
  readonly swap: boolean;
}

/** What the command line does with the read models, for those who work over GraphQL. */
export class Operations implements OnModuleDestroy {
  private readonly rebuilding = new Map<string, Promise<void>>();
  private readonly closing = new AbortController();

  constructor(private readonly system: System) {}

  /**
   * Starts a rebuild, which goes on after the answer: how far it is, and why it failed, stands in the status.
   * @throws Refusal CONFLICT while one is under way.
   */
  async startRebuild(request: RebuildRequest): Promise<void> {
    const { name } = projectionNamed(request.name);
    const conflict = () => refuse('CONFLICT', `${name} is being rebuilt already.`, { field: 'name' });
    if (this.rebuilding.has(name)) throw conflict();
    const elsewhere = this.isBeingRebuilt(name);
    const rebuilding = elsewhere.then(
      taken => (taken ? undefined : this.rebuild(request)),
      () => undefined,
    );
    // Noted before anything is waited for: two requests at once would both find nothing.
    this.rebuilding.set(
      name,
      rebuilding.finally(() => this.rebuilding.delete(name)),
    );
    if (await elsewhere) throw conflict();
  }

  async swap(name: string, back: boolean): Promise<void> {
    const projection = projectionNamed(name);
    const { database } = this.system;
    await expected(back ? swapBack(database, name) : swapForward({ ...this.common(), projection }));
  }

  diff(name: string, examples: number): Promise<Differences> {
    return expected(differencesOf({ ...this.common(), projection: projectionNamed(name), examples }));
  }

  retry(name: string, subject?: Subject): Promise<RetryReport> {
    return retryDeadLetters({ ...this.common(), projection: projectionNamed(name), subject });
  }

  skip(name: string, decision: { subject: Subject; by: string; reason: string }): Promise<SkipReport> {
    return skipDeadLetter({ ...this.common(), projection: projectionNamed(name), ...decision });
  }

  /** Ends the rebuilds that are under way: the live tables have not been touched. */
  async onModuleDestroy(): Promise<void> {
    this.closing.abort();
    await Promise.all(this.rebuilding.values());
  }

  /** Never rejects. */
  private async rebuild({ name, force, swap }: RebuildRequest): Promise<void> {
    const { signal } = this.closing;
    const { log } = this.system;
    try {
      const projection = projectionNamed(name);
      const onProgress = noteProgress(this.system.database, name);
      const report = await rebuild({ ...this.common(), projection, force, hold: !swap, signal, onProgress });
      log.info({ ...report }, report.swapped ? 'The projection was rebuilt and is live.' : WAITS);
    } catch (error) {
      if (!signal.aborted) log.error({ projection: name, error }, 'The projection could not be rebuilt.');
    }
  }

  private common() {
    const { store, database, config, log } = this.system;
    return { store, database, timeZone: config.businessTimezone, log };
  }

  private async isBeingRebuilt(name: string): Promise<boolean> {
    const { rowCount } = await this.system.database.pool.query(
      'select from projections.leases where name = $1 and expires_at > clock_timestamp()',
      [`${name}:build`],
    );
    return rowCount !== 0;
  }
}

const WAITS = 'The projection was rebuilt and waits beside the live one: compare it and swap it.';

/** What an operator can do something about is no fault of ours. */
async function expected<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof BeingRebuilt) throw refuse('CONFLICT', error.message);
    if (error instanceof FoldFailure) throw refuse('CANNOT_BE_FOLDED', error.message);
    throw error;
  }
}
