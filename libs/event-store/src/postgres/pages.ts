import type pg from 'pg';
import type { Page } from '#event-sourcing/event-store.js';
import { COLUMNS, readEvents } from './recorded-events.js';

/** How many positions one statement looks through for the asked types: a rare type must not become one endless scan. */
const SCAN = 50_000n;

const PAGE = `
  select ${COLUMNS} from event_store.events where position > $1 and position <= $2 order by position`;
const PAGE_OF_TYPES = `
  select ${COLUMNS} from event_store.events where position > $1 and position <= $2 and type = any($3) order by position limit $4`;

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
