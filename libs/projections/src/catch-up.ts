import type { Position } from '#event-sourcing/event.js';
import type { EventStore } from '#event-sourcing/event-store.js';
import type { Follower } from './follower.js';
import { ahead } from './read-ahead.js';

/** Three of them are in memory at a time, of every projection that catches up. */
const PAGE_SIZE = 2_000;

/** Brings one follower up to the head that the log has now, or exactly to `until`, whatever comes behind it. */
export async function catchUp(
  store: EventStore,
  follower: Follower,
  { until, signal }: { until?: Position; signal?: AbortSignal } = {},
): Promise<void> {
  if (until !== undefined && follower.position >= until) return;
  const options = { after: follower.position, types: follower.plan.types, pageSize: PAGE_SIZE, signal };
  for await (const page of ahead(store.readAll(options))) {
    if (signal?.aborted) return;
    if (until === undefined || page.upTo < until) {
      await follower.take(page);
      continue;
    }
    await follower.take({ events: page.events.filter(({ position }) => position <= until), upTo: until });
    return;
  }
}
