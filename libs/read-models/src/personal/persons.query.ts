import type { Kysely } from 'kysely';
import type { CrmEvents } from '#crm/events.js';
import { type Person, personOf } from '#event-sourcing/privacy.js';
import type { HistoryTables } from '../history/history.projection.js';
import type { Place } from '../history/read-events.js';
import type { PersonalTables } from './personal.projection.js';

/** Who is meant; ids as a request for erasure names them. */
export type Whom = Pick<
  CrmEvents['ErasureRequested'],
  'customerId' | 'contactId' | 'leadId' | 'employeeId' | 'accountId'
>;

type Tables = PersonalTables & HistoryTables;

/** All whose data goes by these ids: with a customer its contacts, its accounts, and the leads that became it. */
export async function personsOf(db: Kysely<Tables>, whom: Whom): Promise<Person[]> {
  const { customerId, contactId, leadId, employeeId, accountId } = whom;
  if (contactId !== undefined) return [personOf('contactId', contactId, customerId)];
  if (leadId !== undefined) return [personOf('leadId', leadId)];
  if (employeeId !== undefined) return [personOf('employeeId', employeeId)];
  if (accountId !== undefined) return [personOf('accountId', accountId)];
  const rows = await db
    .selectFrom('personal.mentions as mention')
    .innerJoin('history.streams as stream', 'stream.stream', 'mention.stream')
    .where('stream.customerId', '=', customerId!)
    // Staff is not the customer's, also where it stands in the customer's streams.
    .where('mention.person', 'not like', 'employee:%')
    .select('mention.person')
    .distinct()
    .execute();
  return [...new Set([personOf('customerId', customerId!), ...rows.map(({ person }) => person)])].sort();
}

/** Where events about these persons stand. */
export async function placesOf(db: Kysely<Tables>, persons: readonly Person[]): Promise<Place[]> {
  return db.selectFrom('personal.mentions').where('person', 'in', persons).select(['stream', 'revision']).execute();
}
