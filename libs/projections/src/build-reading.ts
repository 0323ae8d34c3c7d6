import type { Position } from '#event-sourcing/event.js';
import type { EventStore, Page } from '#event-sourcing/event-store.js';
import type { ProjectedEvent } from '#event-sourcing/projection.js';
import type { Build } from './build.js';
import { projected } from './projected-events.js';
import { ahead } from './read-ahead.js';

/** Three of them are in memory at a time. Larger ones live long enough to be moved out of the young generation: more work, more memory. */
const PAGE_SIZE = 500;

/** A build on its way to its target. */
interface Fed {
  readonly build: Build;
  readonly target: Position;
  /** Told after each page how many events there were so far. */
  readonly onPage: (events: number, position: Position) => void;
  events: number;
  resolve(): void;
  reject(error: unknown): void;
}

/** Reads the log once, from the beginning, for several builds. It begins when everybody who was expected has joined or stays away. */
export class BuildReading {
  private readonly fed = new Set<Fed>();

  constructor(
    private readonly store: EventStore,
    private readonly timeZone: string,
    private expected: number,
    private readonly signal?: AbortSignal,
  ) {}

  /** Resolves when the build has folded everything up to `target`, rejects with what keeps it from that; the others go on. */
  feed({ build, target, onPage }: Pick<Fed, 'build' | 'target' | 'onPage'>): Promise<void> {
    return new Promise((resolve, reject) => {
      this.fed.add({ build, target, onPage, events: 0, resolve, reject });
      this.arrived();
    });
  }

  /** One of those who were expected does not come. */
  stayAway(): void {
    this.arrived();
  }

  private arrived(): void {
    if (--this.expected > 0) return;
    void this.read().then(
      // The log may end before a target, or be empty.
      () => this.leave(fed => fed.resolve()),
      error => this.leave(fed => fed.reject(error)),
    );
  }

  private leave(end: (fed: Fed) => void): void {
    for (const fed of this.fed) end(fed);
    this.fed.clear();
  }

  private async read(): Promise<void> {
    if (!this.fed.size) return;
    const { signal } = this;
    const plans = [...this.fed].map(({ build }) => build.plan);
    const types = plans.some(plan => !plan.types) ? undefined : [...new Set(plans.flatMap(plan => plan.types!))].sort();
    for await (const page of ahead(this.store.readAll({ types, pageSize: PAGE_SIZE, signal }))) {
      signal?.throwIfAborted();
      await this.hand(page);
      if (!this.fed.size) return;
    }
    signal?.throwIfAborted();
  }

  /** One build after another: they share the processor anyway, and none waits for a row with many connections. */
  private async hand({ events, upTo }: Page): Promise<void> {
    const page = events.map(event => projected(event, this.timeZone));
    for (const fed of [...this.fed]) {
      try {
        await take(fed, page, upTo);
        if (upTo < fed.target) continue;
        fed.resolve();
      } catch (error) {
        fed.reject(error);
      }
      this.fed.delete(fed);
    }
  }
}

async function take(fed: Fed, page: readonly ProjectedEvent[], upTo: Position): Promise<void> {
  const { build, target, onPage } = fed;
  const concerning = page.filter(({ type, position }) => position <= target && build.plan.concerns(type));
  await build.take(concerning, upTo < target ? upTo : target);
  fed.events += concerning.length;
  onPage(fed.events, upTo);
}
