import type { RecordedEvent } from '#event-sourcing/event.js';
import type { EventStore } from '#event-sourcing/event-store.js';

/** A place in the log by stream. */
export interface Place {
  readonly stream: string;
  readonly revision: number;
}

/** Streams read at the same time. */
const CONCURRENT_READS = 16;

/** The events at these places, in the order of the places. One read per stream. @throws Error for a place without an event. */
export async function readEvents(store: EventStore, places: readonly Place[]): Promise<RecordedEvent[]> {
  const ranges = new Map<string, { first: number; last: number }>();
  for (const { stream, revision } of places) {
    const { first, last } = ranges.get(stream) ?? { first: revision, last: revision };
    ranges.set(stream, { first: Math.min(first, revision), last: Math.max(last, revision) });
  }
  const found = new Map<string, RecordedEvent>();
  await eachOf([...ranges], async ([stream, { first, last }]) => {
    for await (const event of store.readStream(stream, { from: BigInt(first), limit: last - first + 1 }))
      found.set(`${event.revision}@${stream}`, event);
  });
  return places.map(({ stream, revision }) => {
    const event = found.get(`${revision}@${stream}`);
    if (!event) throw new Error(`The log has no event ${revision} in ${stream}, although the history names it.`);
    return event;
  });
}

/** All events of these streams, in the order of the log. */
export async function readStreams(store: EventStore, streams: readonly string[]): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  await eachOf(streams, async stream => {
    for await (const event of store.readStream(stream)) events.push(event);
  });
  return events.sort((a, b) => (a.position < b.position ? -1 : 1));
}

/** The events of each stream that stand before a revision, in the order of the log. */
export async function readBeginnings(store: EventStore, before: ReadonlyMap<string, bigint>): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  await eachOf(
    [...before].filter(([, revision]) => revision > 0n),
    async ([stream, revision]) => {
      for await (const event of store.readStream(stream, { limit: Number(revision) })) events.push(event);
    },
  );
  return events.sort((a, b) => (a.position < b.position ? -1 : 1));
}

async function eachOf<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const rest = items.values();
  const worker = async () => {
    for (const item of rest) await work(item);
  };
  await Promise.all(Array.from({ length: CONCURRENT_READS }, worker));
}
