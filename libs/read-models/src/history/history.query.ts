import { type Kysely, sql } from 'kysely';
import type { Instant, Position } from '#event-sourcing/event.js';
import { refuse } from '#event-sourcing/refusal.js';
import { type Connection, connection, MAX_PAGE_SIZE, type PageArgs, sliceOf } from '../shared/connection.js';
import { type Order, pageOf } from '../shared/keyset.js';
import type { Reading } from '../shared/reading.js';
import { type HistoryEntry, historyEntry } from './history.entry.js';
import { type HistoryTables, history } from './history.projection.js';
import { readEvents } from './read-events.js';

/** Whose history, and as known when. */
export interface HistoryQuestion {
  readonly customerId: string;
  /** Only what had been recorded until then; absent: everything. */
  readonly knownAt?: Instant | null;
  readonly atLeast?: Position | null;
}

const inOrder: Order = {
  name: 'customerHistory',
  keys: [{ column: 'position', kind: 'integer', ref: 'entry.position' }],
};

/** The streams that were known to be part of a customer's history. */
const streamsOf = (db: Kysely<HistoryTables>, { customerId, knownAt }: HistoryQuestion) =>
  db
    .selectFrom('history.streams as stream')
    .where('stream.customerId', '=', customerId)
    .$if(knownAt != null, query => query.where('stream.since', '<=', knownAt!));

/** Their names. @throws Refusal NOT_YET_VISIBLE */
export async function customerStreams(reading: Reading, question: HistoryQuestion): Promise<string[]> {
  const db = await reading.at<HistoryTables>([history], question.atLeast);
  const rows = await streamsOf(db, question).select('stream.stream').execute();
  return rows.map(({ stream }) => stream);
}

/**
 * A page of a customer's history across all its streams, oldest first, with the raw events from the log.
 * @throws Refusal NOT_FOUND for an unknown customer, BAD_USER_INPUT for a page that cannot be.
 */
export async function customerHistory(
  reading: Reading,
  question: HistoryQuestion,
  page: PageArgs = {},
): Promise<Connection<HistoryEntry>> {
  const slice = sliceOf(page);
  const db = await reading.at<HistoryTables>([history], question.atLeast);
  await mustBeKnown(db, question.customerId);
  const { knownAt } = question;
  const matching = streamsOf(db, question)
    .innerJoin('history.entries as entry', 'entry.stream', 'stream.stream')
    .$if(knownAt != null, query => query.where('entry.recordedAt', '<=', knownAt!));
  const places = await pageOf(matching.select(['entry.stream', 'entry.revision', 'entry.position']), inOrder, slice);
  const events = await readEvents(
    reading.store,
    places.lines.map(({ row }) => row),
  );
  const lines = places.lines.map(({ cursor }, index) => ({ cursor, row: events[index]! }));
  return connection({ ...places, lines }, historyEntry, async () => {
    const { count } = await matching.select(sql<number>`count(*)`.as('count')).executeTakeFirstOrThrow();
    return count;
  });
}

/** The whole history, page by page. @throws Refusal NOT_FOUND */
export async function* replayCustomer(reading: Reading, question: HistoryQuestion): AsyncIterable<HistoryEntry> {
  for (let after: string | null = null; ; ) {
    const { nodes, pageInfo }: Connection<HistoryEntry> = await customerHistory(reading, question, {
      first: MAX_PAGE_SIZE,
      after,
    });
    yield* nodes;
    if (!pageInfo.hasNextPage) return;
    after = pageInfo.endCursor;
  }
}

async function mustBeKnown(db: Kysely<HistoryTables>, customerId: string): Promise<void> {
  // Postgres takes no NUL in a text, so no customer has such an id.
  const known =
    !customerId.includes('\0') &&
    (await streamsOf(db, { customerId }).select('stream.stream').limit(1).execute()).length;
  if (!known) throw refuse('NOT_FOUND', 'There is no such customer.', { field: 'customerId' });
}
