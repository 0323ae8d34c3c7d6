import { EventEmitter, once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EventStore, Page } from '#event-sourcing/event-store.js';
import { backoff } from './backoff.js';
import { Fenced } from './checkpoints.js';
import type { Database } from './database.js';
import { Follower } from './follower.js';
import { Lane } from './lane.js';
import type { Log } from './log.js';

const PAGE_SIZE = 2_000;
/** How often it looks at most: at the end of the log each page costs all followers a transaction, however little stands in it. */
const READ_EVERY_MS = 20;
const WATCH_EVERY_MS = 1_000;

interface Member {
  readonly lane: Lane;
  leave(error?: unknown): void;
}

/** Reads the log once for all followers that have come about equally far. Each takes the pages at its own pace. */
export class SharedReading {
  private readonly members = new Map<Follower, Member>();
  private readonly changes = new EventEmitter();
  private session = new AbortController();

  constructor(
    private readonly store: EventStore,
    private readonly database: Database,
    private readonly log: Log,
  ) {}

  /**
   * Keeps a follower up to date. Resolves when `signal` has aborted; rejects with the error that kept it from going on. What it was at
   * has ended by then.
   */
  async keep(follower: Follower, signal: AbortSignal): Promise<void> {
    const lane = new Lane(page => this.hand(follower, page), PAGE_SIZE);
    const left = new Promise<void>((resolve, reject) => {
      this.members.set(follower, { lane, leave: error => (error === undefined ? resolve() : reject(error)) });
    });
    const leave = () => this.leave(follower);
    signal.addEventListener('abort', leave, { once: true });
    if (signal.aborted) leave();
    this.restart();
    try {
      await left;
    } finally {
      signal.removeEventListener('abort', leave);
      lane.forget();
      await lane.rest();
      await follower.rest();
    }
  }

  /** Reads until aborted. */
  async run(signal: AbortSignal): Promise<void> {
    let attempt = 0;
    while (!signal.aborted) {
      this.session = new AbortController();
      try {
        if (this.members.size) await this.read(AbortSignal.any([signal, this.session.signal]));
        else await once(this.changes, 'changed', { signal }).catch(() => undefined);
        attempt = 0;
      } catch (error) {
        this.log.error({ error }, 'The log could not be read.');
        await backoff(attempt++, signal);
      }
    }
    for (const follower of this.members.keys()) this.leave(follower);
  }

  /**
   * Until aborted, lets go of those that were fenced off. They would notice at the next event, too, but on a quiet log tables that
   * somebody has swapped back would stay behind until then.
   */
  async watch(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await sleep(WATCH_EVERY_MS, undefined, { signal }).catch(() => undefined);
      // Where the database cannot be reached, reading and writing say so.
      const fenced = await Follower.fencedOff(this.database, [...this.members.keys()]).catch(() => []);
      for (const follower of fenced) this.leave(follower, new Fenced(follower.name));
    }
  }

  private leave(follower: Follower, error?: unknown): void {
    this.members.get(follower)?.leave(error);
    this.members.delete(follower);
    this.restart();
  }

  /** Who reads along has changed: the log is read anew, from the last one's position and for the types of all. */
  private restart(): void {
    this.session.abort();
    this.changes.emit('changed');
  }

  private async read(signal: AbortSignal): Promise<void> {
    const followers = [...this.members.keys()];
    const lanes = [...this.members.values()].map(({ lane }) => lane);
    // It is read once more, and must not be taken twice.
    for (const lane of lanes) lane.forget();
    const [after] = followers.map(({ position }) => position).sort((one, other) => (one < other ? -1 : 1));
    const types = followers.some(({ plan }) => !plan.types)
      ? undefined
      : [...new Set(followers.flatMap(({ plan }) => plan.types!))];
    for await (const page of this.store.follow({ after, types, pageSize: PAGE_SIZE, signal })) {
      if (signal.aborted) return;
      await Promise.all(lanes.map(lane => lane.give(page)));
      await sleep(READ_EVERY_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  /** One that fails leaves and comes back by itself; the others do not even notice. */
  private async hand(follower: Follower, page: Page): Promise<void> {
    if (!this.members.has(follower)) return;
    await follower.take(page).catch(error => this.leave(follower, error));
  }
}
