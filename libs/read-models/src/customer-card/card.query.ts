import type { Kysely } from 'kysely';
import { businessDay } from '#event-sourcing/business-time.js';
import type { Instant, Position, RecordedEvent } from '#event-sourcing/event.js';
import { refuse } from '#event-sourcing/refusal.js';
import { foldInMemory } from '#projections/fold-in-memory.js';
import { directory, tables } from '../directory/directory.projection.js';
import type { AnyTables } from '../directory/list/list.query.js';
import { Lookup, type Row, type TableName } from '../directory/list/lookup.js';
import { lists, lookupNow } from '../directory/lists.js';
import { customerStreams } from '../history/history.query.js';
import { readStreams } from '../history/read-events.js';
import type { Reading } from '../shared/reading.js';
import { assembled } from './card.assemble.js';
import { foldedSource, liveSource } from './card.source.js';
import type { CustomerCard } from './card.type.js';

/** Which customer, by one of the two; and as known when. */
export interface CardQuestion {
  readonly id?: string | null;
  readonly externalId?: string | null;
  readonly knownAt?: Instant | null;
  readonly atLeast?: Position | null;
}

type Folded = { readonly [Name in TableName]: readonly Row[] };

/**
 * A customer's card, null if there is (or, at that instant, was) no such customer.
 * @throws Refusal BAD_USER_INPUT unless exactly one of `id` and `externalId` is given, NOT_YET_VISIBLE.
 */
export async function customerCard(reading: Reading, question: CardQuestion): Promise<CustomerCard | null> {
  const db = await reading.at<AnyTables>([directory], question.atLeast);
  const customerId = await customerIdOf(db, question);
  if (customerId === undefined) return null;
  return question.knownAt == null
    ? cardNow(reading, customerId)
    : cardAsOf(reading, customerId, question.knownAt, question.atLeast);
}

async function customerIdOf(db: Kysely<AnyTables>, { id, externalId }: CardQuestion): Promise<string | undefined> {
  if ((id == null) === (externalId == null))
    throw refuse('BAD_USER_INPUT', 'Name the customer by exactly one of id and externalId.', {
      field: 'id',
      allowed: ['id', 'externalId'],
    });
  const given = (id ?? externalId)!;
  // Postgres takes no NUL in a text, so no customer has such an id.
  if (given.includes('\0')) return undefined;
  if (id != null) return id;
  const found = await db
    .selectFrom('directory.customers')
    .select('customerId')
    .where('externalId', '=', given)
    .limit(2)
    .execute();
  if (found.length > 1)
    throw refuse('BAD_USER_INPUT', `Several customers have the externalId ${given}. Use the id.`, {
      field: 'externalId',
      allowed: found.map(({ customerId }) => String(customerId)),
    });
  return found[0] && String(found[0].customerId);
}

/** From the read model, in one snapshot, so that lists and totals agree. */
async function cardNow(reading: Reading, customerId: string): Promise<CustomerCard | null> {
  const { db, lookup } = await lookupNow(reading);
  return db
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute(snapshot => assembled(liveSource(snapshot, customerId), lookup));
}

/** From the customer's events that had been recorded by then, folded as the read model folds them. */
async function cardAsOf(
  reading: Reading,
  customerId: string,
  knownAt: Instant,
  atLeast?: Position | null,
): Promise<CustomerCard | null> {
  const { store, timeZone } = reading;
  const known = async (streams: readonly string[]) =>
    folded(
      (await readStreams(store, streams)).filter(event => event.recordedAt <= knownAt),
      timeZone,
    );
  const own = await known(await customerStreams(reading, { customerId, knownAt, atLeast }));
  const rowsByIds = async (table: TableName, ids: readonly string[]) => {
    const { key } = lists[table].table;
    const at = (rows: Folded) => rows[table].filter(row => ids.includes(String(row[key])));
    const found = at(own);
    const missing = ids.filter(id => !found.some(row => row[key] === id));
    return [...found, ...at(await known(missing.map(id => `${STREAMS[table]}-${id}`)))];
  };
  return assembled(foldedSource(own, customerId), new Lookup(lists, rowsByIds, businessDay(knownAt, timeZone)));
}

const folded = (events: readonly RecordedEvent[], timeZone: string): Folded =>
  foldInMemory(tables, events, timeZone) as Folded;

/** The category of the streams that a table's rows are folded from. */
const STREAMS: { readonly [Name in TableName]: string } = {
  campaigns: 'campaign',
  contacts: 'customer',
  contracts: 'contract',
  customers: 'customer',
  employees: 'employee',
  interactions: 'interaction',
  leads: 'lead',
  opportunities: 'opportunity',
  payments: 'payment',
  pipelines: 'pipeline',
  tasks: 'task',
  teams: 'team',
};
