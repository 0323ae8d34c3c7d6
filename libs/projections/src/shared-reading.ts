import { EventEmitter, once } from 'node:events';
import type { EventStore, Page } from '#event-sourcing/event-store.js';
import { backoff } from './backoff.js';
import type { Database } from './database.js';
import { Follower } from './follower.js';
import type { Log } from './log.js';
import { ahead } from './read-ahead.js';
import { Fenced } from './registry.js';

const PAGE_SIZE = 2_000;

/** Reads the log once for all followers that have come about equally far, and hands each its pages. */
export class SharedReading {
  private readonly members = new Map<Follower, (error?: unknown) => void>();
  private readonly changes = new EventEmitter();
  private session = new AbortController();

  constructor(
    private readonly store: EventStore,
    private readonly database: Database,
    private readonly log: Log,
  ) {}

  /** Keeps a follower up to date. Resolves when `signal` aborts; rejects with the error that kept it from going on. */
  async keep(follower: Follower, signal: AbortSignal): Promise<void> {
    const left = new Promise<void>((resolve, reject) => {
      this.members.set(follower, error => (error === undefined ? resolve() : reject(error)));
    });
    const leave = () => this.leave(follower);
    signal.addEventListener('abort', leave, { once: true });
    if (signal.aborted) leave();
    this.restart();
    try {
      await left;
    } finally {
      signal.removeEventListener('abort', leave);
    }
  }

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

  private leave(follower: Follower, error?: unknown): void {
    this.members.get(follower)?.(error);
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
    const [after] = followers.map(({ position }) => position).sort((one, other) => (one < other ? -1 : 1));
    const types = followers.some(({ plan }) => !plan.types)
      ? undefined
      : [...new Set(followers.flatMap(({ plan }) => plan.types!))];
    for await (const page of ahead(this.store.follow({ after, types, pageSize: PAGE_SIZE, signal }))) {
      if (signal.aborted) return;
      await this.hand(page);
    }
  }

  private async hand(page: Page): Promise<void> {
    const concerned = new Map([...this.members.keys()].map(follower => [follower, follower.relevant(page).length > 0]));
    const idle = [...concerned].filter(([, has]) => !has).map(([follower]) => follower);
    const busy = [...concerned].filter(([, has]) => has).map(([follower]) => follower);
    const passing = Follower.pass(this.database, idle, page.upTo).then(
      fenced => fenced.map(follower => this.leave(follower, new Fenced(follower.name))),
      error => idle.map(follower => this.leave(follower, error)),
    );
    // One that fails leaves and comes back by itself; the others go on.
    const taking = busy.map(follower => follower.take(page).catch(error => this.leave(follower, error)));
    await Promise.all([passing, ...taking]);
  }
}
