import type pg from 'pg';
import type { RecordedEvent } from '#event-sourcing/event.js';
import type { Page, ReadStreamOptions } from '#event-sourcing/event-store.js';
import { COLUMNS, readEvents } from './recorded-events.js';

/** How many positions one statement looks through for the asked types: a rare type must not become one endless scan. */
const SCAN = 50_000n;
const STREAM_PAGE = 500;

const PAGE = `
  select ${COLUMNS} from event_store.events where position > $1 and position <= $2 order by position`;
const PAGE_OF_TYPES = `
  select ${COLUMNS} from event_store.events where position > $1 and position <= $2 and type = any($3) order by position limit $4`;
const STREAM_FORWARDS = `
  select ${COLUMNS} from event_store.events where stream = $1 and revision >= $2 order by revision limit $3`;
const STREAM_BACKWARDS = `
  select ${COLUMNS} from event_store.events where stream = $1 and revision <= $2 order by revision desc limit $3`;

const LAST_REVISION = 2n ** 63n - 1n;

export interface PageQuery {
  readonly after: bigint;
  /** Do not look behind this position. */
  readonly head: bigint;
  readonly pageSize: number;
  readonly types?: readonly string[] | undefined;
}

const least = (a: bigint, b: bigint) => (a < b ? a : b);

/** The next page behind `after`. Positions have no gaps, so without a filter a page is a range of them. */
export async function readPage(pool: pg.Pool, { after, head, pageSize, types }: PageQuery): Promise<Page> {
  if (!types) {
    const upTo = least(after + BigInt(pageSize), head);
    return { events: await readEvents(pool, { name: 'page', text: PAGE, values: [after, upTo] }), upTo };
  }
  const upTo = least(after + SCAN, head);
  const values = [after, upTo, types, pageSize];
  const events = await readEvents(pool, { name: 'page-of-types', text: PAGE_OF_TYPES, values });
  return { events, upTo: events.length < pageSize ? upTo : events.at(-1)!.position };
}

/** The events of one stream, page by page. */
export async function* readStream(
  pool: pg.Pool,
  stream: string,
  { from, backwards = false, limit = Number.POSITIVE_INFINITY }: ReadStreamOptions,
): AsyncGenerator<RecordedEvent> {
  const query = backwards
    ? { name: 'stream-backwards', text: STREAM_BACKWARDS }
    : { name: 'stream-forwards', text: STREAM_FORWARDS };
  let next = from ?? (backwards ? LAST_REVISION : 0n);
  let left = limit;
  while (left > 0) {
    const asked = Math.min(left, STREAM_PAGE);
    const events = await readEvents(pool, { ...query, values: [stream, next, asked] });
    yield* events;
    if (events.length < asked) return;
    left -= events.length;
    next = events.at(-1)!.revision + (backwards ? -1n : 1n);
  }
}
