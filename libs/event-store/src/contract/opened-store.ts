import { randomUUID } from 'node:crypto';
import type { RecordedEvent } from '#event-sourcing/event.js';
import type { EventStore, Page } from '#event-sourcing/event-store.js';

/** A store under test. */
export interface OpenedStore {
  readonly store: EventStore;
  /** Breaks every connection between client and server; the server itself stays up or comes back by itself. */
  readonly cutConnections?: () => Promise<void>;
  close(): Promise<void>;
}

/** What a theme of the contract gets: the store of the running test suite. */
export type Subject = () => OpenedStore;

/** A real server is shared with other tests and full of their events, so every test has names of its own. */
export const aStream = () => `contract-${randomUUID()}`;
export const aType = () => `Tested${randomUUID().replaceAll('-', '')}`;

export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

export const eventsOf = (pages: readonly Page[]) => pages.flatMap(page => page.events);
export const idsOf = (events: readonly { readonly id: string }[]) => events.map(event => event.id);

/** Follows until `enough` says so, then aborts; what was delivered, in order. */
export async function followUntil(
  store: EventStore,
  options: Parameters<EventStore['follow']>[0],
  enough: (events: readonly RecordedEvent[], page: Page) => boolean | Promise<boolean>,
): Promise<Page[]> {
  const stop = new AbortController();
  const pages: Page[] = [];
  const events: RecordedEvent[] = [];
  for await (const page of store.follow({ ...options, signal: stop.signal })) {
    pages.push(page);
    events.push(...page.events);
    if (await enough(events, page)) stop.abort();
  }
  return pages;
}
