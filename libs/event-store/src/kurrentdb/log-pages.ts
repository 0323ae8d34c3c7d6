import type { Position, RecordedEvent } from '#event-sourcing/event.js';
import type { Page, ReadAllOptions } from '#event-sourcing/event-store.js';
import { filterFor, logPosition } from './all-filter.js';
import { arriving } from './arriving.js';
import type { Connection } from './connection.js';
import { fromStored } from './stored-event.js';

export const DEFAULT_PAGE_SIZE = 1_000;
/** While the server scans the log for rare types it says nothing, in ms. A dead connection is noticed by keep-alive in 20 s. */
export const SCAN_TIMEOUT = 600_000;

/**
 * A request may take 40 ms longer than it should, because the client's Rust half lets Nagle's algorithm wait for a delayed
 * acknowledgement. So it asks for several pages at once, as long as these are not much to keep for a slow reader.
 */
const PAGES_AT_ONCE = 16;
const LOG_BYTES_AT_ONCE = 16 * 1024 * 1024;

interface Range extends ReadAllOptions {
  readonly after: Position;
  readonly pageSize: number;
  readonly pages: number;
}

/** The log behind `after` up to `head`, in pages that are full or reach the head. */
export async function* pagesTo(head: Position, connection: Connection, options: ReadAllOptions): AsyncGenerator<Page> {
  const { pageSize = DEFAULT_PAGE_SIZE, signal } = options;
  let { after = 0n } = options;
  // The first request tells how much a page is.
  let pages = 1;
  while (after < head) {
    const range = { ...options, after, pageSize, pages };
    let arrived = 0;
    for await (const page of arriving<Page>(push => readPages(head, connection, range, push))) {
      if (signal?.aborted) return;
      after = page.upTo;
      arrived++;
      yield page;
    }
    // Positions count the bytes of the log, also of what a filter leaves out.
    const bytesOfPage = Number(after - range.after) / arrived;
    pages = Math.max(1, Math.min(PAGES_AT_ONCE, Math.floor(LOG_BYTES_AT_ONCE / bytesOfPage)));
  }
}

/** Makes one request, and goes on behind the last whole page when it breaks. */
async function readPages(
  head: Position,
  connection: Connection,
  { after: begin, pages, pageSize, types, signal }: Range,
  push: (page: Page) => void,
): Promise<void> {
  let after = begin;
  let events: RecordedEvent[] = [];
  let [read, isBeyond] = [0, false];
  // One more, because a read from a position begins with the event that stands there.
  const maxCount = pages * pageSize + 1;
  await connection.readInto(
    client => {
      events = [];
      [read, isBeyond] = [0, false];
      const fromPosition = logPosition(after);
      return client.readAll({ fromPosition, maxCount, filter: filterFor(types), requiresLeader: true });
    },
    resolved => {
      read++;
      const event = fromStored(resolved);
      if (event.position > head) isBeyond = true;
      if (event.position <= after || isBeyond) return;
      events.push(event);
      if (events.length < pageSize) return;
      after = event.position;
      push({ events, upTo: after });
      events = [];
    },
    { timeout: SCAN_TIMEOUT, signal },
  );
  const isComplete = isBeyond || read < maxCount;
  if (isComplete && after < head) push({ events, upTo: head });
}
