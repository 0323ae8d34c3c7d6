import { businessDay } from '#event-sourcing/business-time.js';
import type { Instant, Position, RecordedEvent } from '#event-sourcing/event.js';
import { refuse } from '#event-sourcing/refusal.js';
import { reaches, type Viewer } from '#platform/access/viewer.js';
import { foldInMemory } from '#projections/fold-in-memory.js';
import type { View } from '../access/view.js';
import { directory, tables } from '../directory/directory.projection.js';
import { type AnyTables, rowsByIds } from '../directory/list/list.query.js';
import { Lookup, type Row, type TableName } from '../directory/list/lookup.js';
import { lists, lookupIn } from '../directory/lists.js';
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
 * A customer's card as far as somebody sees it; null if that one sees (or there was, at that instant) no such customer. Also of an
 * earlier instant everybody sees what is theirs today.
 * @throws Refusal BAD_USER_INPUT unless exactly one of `id` and `externalId` is given, NOT_YET_VISIBLE.
 */
export async function customerCard(
  reading: Reading,
  viewer: Viewer,
  question: CardQuestion,
): Promise<CustomerCard | null> {
  const view = await reading.at<AnyTables>(viewer, [directory], question.atLeast);
  const customerId = await customerIdOf(view, question);
  if (customerId === undefined) return null;
  if (question.knownAt != null) return cardAsOf(reading, view, customerId, question.knownAt, question.atLeast);
  // In one snapshot, so that lists and totals agree.
  const lookup = lookupIn(view, businessDay(reading.clock(), reading.timeZone));
  return view.snapshot(snapshot => assembled(liveSource(snapshot, customerId), lookup));
}

async function customerIdOf(view: View<AnyTables>, { id, externalId }: CardQuestion): Promise<string | undefined> {
  if ((id == null) === (externalId == null))
    throw refuse('BAD_USER_INPUT', 'Name the customer by exactly one of id and externalId.', {
      field: 'id',
      allowed: ['id', 'externalId'],
    });
  const given = (id ?? externalId)!;
  // Postgres takes no NUL in a text, so no customer has such an id.
  if (given.includes('\0')) return undefined;
  if (id != null) return id;
  const found = await view
    .rows('directory.customers')
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

/** From the customer's events that had been recorded by then, folded as the read model folds them. */
async function cardAsOf(
  reading: Reading,
  view: View<AnyTables>,
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
  const [customer] = await rowsByIds(view, lists.customers, [customerId]);
  if (!customer) return null;
  const all = await known(await customerStreams(reading, { customerId, knownAt, atLeast }));
  const own = await visibleAmong(view, all, customer);
  const rowsOfThen = async (table: TableName, ids: readonly string[]) => {
    const { key } = lists[table].table;
    const at = (rows: Folded) => rows[table].filter(row => ids.includes(String(row[key])));
    const found = at(own);
    const others = ids.filter(id => !found.some(row => row[key] === id));
    const visible = (await rowsByIds(view, lists[table], others)).map(row => `${STREAMS[table]}-${row[key]}`);
    return [...found, ...at(await known(visible))];
  };
  const lookup = new Lookup(lists, rowsOfThen, businessDay(knownAt, timeZone), view.viewer);
  return assembled(foldedSource(own, customerId), lookup);
}

/**
 * Of the rows of a customer those that the viewer sees: all of a kind that is seen because the customer is; otherwise those that are
 * seen today, so that nothing is seen any more of what was removed since.
 */
async function visibleAmong(view: View<AnyTables>, rows: Folded, customer: Row): Promise<Folded> {
  const belonging = { ownerId: customer.ownerId as string, customerId: customer.customerId as string };
  const visible = Object.entries(lists).map(async ([table, list]) => {
    const all = rows[table as TableName];
    if (all.length === 0 || reaches(view.sightOf(list.table.path), belonging)) return [table, all];
    const { key } = list.table;
    const seen = await rowsByIds(
      view,
      list,
      all.map(row => String(row[key])),
    );
    return [table, all.filter(row => seen.some(other => other[key] === row[key]))];
  });
  return Object.fromEntries(await Promise.all(visible)) as Folded;
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
