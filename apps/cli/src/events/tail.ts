import { once } from 'node:events';
import type { Position, RecordedEvent } from '#event-sourcing/event.js';
import type { EventStore } from '#event-sourcing/event-store.js';

export interface TailRequest {
  /** What stands behind it is shown; default: what comes from now on. */
  readonly after?: Position;
  readonly types?: readonly string[];
  /** Streams that begin so: `lead-`, or the name of one. */
  readonly stream?: string;
  readonly json: boolean;
  /** Ends after so many events; default: never. */
  readonly limit?: number;
  readonly signal: AbortSignal;
}

/** Prints events as they come until aborted, or until nobody reads any more. */
export async function tail(store: EventStore, out: NodeJS.WritableStream, request: TailRequest): Promise<void> {
  const { types, stream = '', json } = request;
  const unread = new AbortController();
  out.once('error', () => unread.abort());
  const signal = AbortSignal.any([request.signal, unread.signal]);
  const after = request.after ?? (await store.head());
  let left = request.limit ?? Number.POSITIVE_INFINITY;
  for await (const { events } of store.follow({ after, types, signal }))
    for (const event of events) {
      if (!event.stream.startsWith(stream)) continue;
      // A terminal that is slower than the log must not fill the memory.
      if (!out.write(json ? asJson(event) : asText(event))) await once(out, 'drain', { signal }).catch(() => undefined);
      if (--left === 0 || signal.aborted) return;
    }
}

const asJson = (event: RecordedEvent): string =>
  `${JSON.stringify({ ...event, revision: Number(event.revision), position: String(event.position) })}\n`;

function asText({ recordedAt, position, type, stream, revision, metadata, data }: RecordedEvent): string {
  return `${recordedAt}  ${position}  ${type}  ${stream}@${revision}  by ${metadata.actor?.id ?? '–'}  ${JSON.stringify(data)}\n`;
}
