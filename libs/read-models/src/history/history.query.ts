import { sql } from 'kysely';
import type { Instant, Position, RecordedEvent } from '#event-sourcing/event.js';
import { refuse } from '#event-sourcing/refusal.js';
import { systemViewer, type Viewer } from '#platform/access/viewer.js';
import type { View } from '../access/view.js';
import { Origins } from '../access-log/origins.js';
import { type Connection, connection, MAX_PAGE_SIZE, type PageArgs, sliceOf } from '../shared/connection.js';
import { type Beginning, type Order, pageBy } from '../shared/keyset.js';
import type { Reading } from '../shared/reading.js';
import { Story } from './changes/story.js';
import { type HistoryEntry, historyEntry } from './history.entry.js';
import { type HistoryTables, history } from './history.projection.js';
import { readEvents } from './read-events.js';

/** Whose history, and as known when. */
export interface HistoryQuestion {
  readonly customerId: string;
  /** Only what had been recorded until then; absent: everything. */
  readonly knownAt?: Instant | null;
  readonly atLeast?: Position | null;
  /** Whether the addresses of clients may be told. */
  readonly addresses?: boolean;
}

const inOrder: Order = {
  name: 'customerHistory',
  keys: [{ column: 'position', kind: 'integer', ref: 'entry.position' }],
};

/** The streams that were known to be part of a customer's history. */
const streamsOf = (view: View<HistoryTables>, { customerId, knownAt }: HistoryQuestion) =>
  view
    .rows('history.streams')
    .where('history.streams.customerId', '=', customerId)
    .$if(knownAt != null, query => query.where('history.streams.since', '<=', knownAt!));

/** Their names, of a customer whom somebody may see. @throws Refusal NOT_YET_VISIBLE */
export async function customerStreams(reading: Reading, question: HistoryQuestion): Promise<string[]> {
  const view = await reading.at<HistoryTables>(systemViewer(), [history], question.atLeast);
  const rows = await streamsOf(view, question).select('history.streams.stream').execute();
  return rows.map(({ stream }) => stream);
}

/**
 * A page of a customer's history across all its streams, oldest first, with the raw events from the log.
 * @throws Refusal NOT_FOUND for a customer that is unknown or not for this viewer, BAD_USER_INPUT for a page that cannot be.
 */
export async function customerHistory(
  reading: Reading,
  viewer: Viewer,
  question: HistoryQuestion,
  page: PageArgs = {},
): Promise<Connection<HistoryEntry>> {
  const slice = sliceOf(page);
  const view = await reading.at<HistoryTables>(viewer, [history], question.atLeast);
  await mustBeKnown(view, question.customerId);
  const { knownAt } = question;
  const streams = streamsOf(view, question);
  const matching = streams
    .innerJoin('history.entries as entry', 'entry.stream', 'history.streams.stream')
    .$if(knownAt != null, query => query.where('entry.recordedAt', '<=', knownAt!));
  // Of each stream only as many as the page holds: a customer of years may have thousands in one.
  const inEach = (beginning: Beginning) =>
    streams.innerJoinLateral(
      ({ selectFrom }) =>
        beginning(
          selectFrom('history.entries as entry')
            .select(['entry.stream', 'entry.revision', 'entry.position'])
            .whereRef('entry.stream', '=', 'history.streams.stream')
            .$if(knownAt != null, query => query.where('entry.recordedAt', '<=', knownAt!)),
        ).as('entry'),
      join => join.onTrue(),
    );
  const places = await pageBy(
    beginning => beginning(inEach(beginning).select(['entry.stream', 'entry.revision', 'entry.position'])),
    inOrder,
    slice,
  );
  const events = await readEvents(
    reading.store,
    places.lines.map(({ row }) => row),
  );
  const lines = places.lines.map(({ cursor }, index) => ({ cursor, row: events[index]! }));
  const story = new Story(reading.store, events, knownAt);
  const origins = question.addresses ? new Origins(reading.database, events) : undefined;
  const entryOf = (event: RecordedEvent) => historyEntry(event, { story, origins });
  return connection({ ...places, lines }, entryOf, async () => {
    const { count } = await matching.select(sql<number>`count(*)`.as('count')).executeTakeFirstOrThrow();
    return count;
  });
}

/** The whole history, page by page. @throws Refusal NOT_FOUND */
export async function* replayCustomer(
  reading: Reading,
  viewer: Viewer,
  question: HistoryQuestion,
): AsyncIterable<HistoryEntry> {
  for (let after: string | null = null; ; ) {
    const { nodes, pageInfo }: Connection<HistoryEntry> = await customerHistory(reading, viewer, question, {
      first: MAX_PAGE_SIZE,
      after,
    });
    yield* nodes;
    if (!pageInfo.hasNextPage) return;
    after = pageInfo.endCursor;
  }
}

async function mustBeKnown(view: View<HistoryTables>, customerId: string): Promise<void> {
  // Postgres takes no NUL in a text, so no customer has such an id.
  const known =
    !customerId.includes('\0') &&
    (await streamsOf(view, { customerId }).select('history.streams.stream').limit(1).execute()).length;
  if (!known) throw refuse('NOT_FOUND', 'There is no such customer.', { field: 'customerId' });
}
