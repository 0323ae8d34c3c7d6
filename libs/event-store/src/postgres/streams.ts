import DataLoader from 'dataloader';
import type pg from 'pg';
import type { RecordedEvent } from '#event-sourcing/event.js';
import type { ReadStreamOptions } from '#event-sourcing/event-store.js';
import { COLUMNS, readEvents } from './recorded-events.js';

const STREAM_PAGE = 500;
/** Events of one stream in a page that is read together with those of others; a longer one goes on by itself. */
const SHARED_PAGE = 100;
const MOST_TOGETHER = 100;
const LAST_REVISION = 2n ** 63n - 1n;
const CONTROL_CHARACTERS = /\p{Cc}/u;

const FORWARDS = `
  select ${COLUMNS} from event_store.events where stream = $1 and revision >= $2 order by revision limit $3`;
const BACKWARDS = `
  select ${COLUMNS} from event_store.events where stream = $1 and revision <= $2 order by revision desc limit $3`;
const TOGETHER = `
  select e.* from unnest($1::text[], $2::bigint[]) as asked (stream, first)
  cross join lateral (
    select ${COLUMNS} from event_store.events e
    where e.stream = asked.stream and e.revision >= asked.first order by e.revision limit ${SHARED_PAGE}
  ) e
  order by e.stream, e.revision`;

interface Asked {
  readonly stream: string;
  readonly from: bigint;
}

interface StreamPage {
  readonly events: readonly RecordedEvent[];
  readonly more: boolean;
}

/**
 * Reads streams. The beginnings that are asked for in one breath come with one statement: commands that go on at the same time, after
 * the batch of appends that they had waited for, then cost the server a third and this process half of what a statement each does.
 */
export class Streams {
  private readonly beginnings: DataLoader<Asked, StreamPage>;

  constructor(private readonly pool: pg.Pool) {
    const options = { cache: false, maxBatchSize: MOST_TOGETHER };
    this.beginnings = new DataLoader(asked => this.readTogether(asked), options);
  }

  /** The events of one stream, page by page. */
  async *read(stream: string, options: ReadStreamOptions = {}): AsyncGenerator<RecordedEvent> {
    const { from = 0n, backwards = false, limit } = options;
    // Postgres refuses a statement with U+0000 in it, and the others have nothing to do with that.
    if (backwards || limit !== undefined || CONTROL_CHARACTERS.test(stream)) {
      yield* this.readAlone(stream, options);
      return;
    }
    const { events, more } = await this.beginnings.load({ stream, from });
    yield* events;
    const last = events.at(-1);
    if (more) yield* this.readAlone(stream, { from: last ? last.revision + 1n : from });
  }

  private async *readAlone(
    stream: string,
    { from, backwards = false, limit = Number.POSITIVE_INFINITY }: ReadStreamOptions,
  ): AsyncGenerator<RecordedEvent> {
    let next = from ?? (backwards ? LAST_REVISION : 0n);
    let left = limit;
    while (left > 0) {
      const asked = Math.min(left, STREAM_PAGE);
      const events = await this.page({ stream, from: next }, asked, backwards);
      yield* events;
      if (events.length < asked) return;
      left -= events.length;
      next = events.at(-1)!.revision + (backwards ? -1n : 1n);
    }
  }

  private page({ stream, from }: Asked, limit: number, backwards = false): Promise<RecordedEvent[]> {
    const query = backwards
      ? { name: 'stream-backwards', text: BACKWARDS }
      : { name: 'stream-forwards', text: FORWARDS };
    return readEvents(this.pool, { ...query, values: [stream, from, limit] });
  }

  /** One page for each that was asked for. What is wrong with one stream is not the others' failure. */
  private async readTogether(asked: readonly Asked[]): Promise<(StreamPage | Error)[]> {
    if (asked.length === 1) return [await this.beginning(asked[0]!)];
    try {
      return await this.pagesOf(asked);
    } catch {
      return Promise.all(asked.map(one => this.beginning(one).catch((error: Error) => error)));
    }
  }

  private async beginning(asked: Asked): Promise<StreamPage> {
    const events = await this.page(asked, SHARED_PAGE);
    return { events, more: events.length === SHARED_PAGE };
  }

  private async pagesOf(asked: readonly Asked[]): Promise<StreamPage[]> {
    const firsts = new Map<string, bigint>();
    for (const { stream, from } of asked) {
      const known = firsts.get(stream);
      if (known === undefined || from < known) firsts.set(stream, from);
    }
    const values = [[...firsts.keys()], [...firsts.values()]];
    const found = new Map<string, RecordedEvent[]>([...firsts.keys()].map(stream => [stream, []]));
    for (const event of await readEvents(this.pool, { name: 'streams', text: TOGETHER, values }))
      found.get(event.stream)!.push(event);
    return asked.map(({ stream, from }) => {
      const events = found.get(stream)!;
      // Somebody may have asked for an earlier beginning of the same stream.
      const mine = from === firsts.get(stream) ? events : events.filter(({ revision }) => revision >= from);
      return { events: mine, more: events.length === SHARED_PAGE };
    });
  }
}
