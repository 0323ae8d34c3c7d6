import type { EventMetadata, Instant } from '#event-sourcing/event.js';
import type { Person } from '#event-sourcing/privacy.js';
import { refuse } from '#event-sourcing/refusal.js';
import { rowsAbout } from '#projections/rows-about.js';
import { waitForPosition } from '#projections/wait.js';
import { type Read, readsOf } from '#read-models/access-log/reads-of.query.js';
import { readEvents } from '#read-models/history/read-events.js';
import { personsOf, placesOf } from '#read-models/personal/persons.query.js';
import { projections } from '#read-models/read-models.js';
import type { Reading } from '#read-models/shared/reading.js';

/** Everything that is held about a customer and those who go by it (个人信息副本), as a document. */
export interface PersonalData {
  readonly customerId: string;
  readonly collectedAt: Instant;
  /** Whose keys encrypt it: the customer, contacts, leads, accounts. */
  readonly persons: readonly Person[];
  /** What was recorded, oldest first. */
  readonly events: readonly PersonalEvent[];
  /** What is derived from that, by read model and table. */
  readonly rows: { readonly [table: string]: readonly object[] };
  /** Who looked at it, newest first, as long as the access log keeps that; at most 10,000. */
  readonly reads: readonly Read[];
}

interface PersonalEvent {
  readonly type: string;
  readonly stream: string;
  readonly revision: number;
  readonly recordedAt: Instant;
  readonly data: unknown;
  readonly metadata: EventMetadata;
}

type Tables = Parameters<typeof personsOf>[0];

/** @throws Refusal NOT_FOUND, NOT_YET_VISIBLE. */
export async function personalData(reading: Reading, customerId: string): Promise<PersonalData> {
  const { database, store } = reading;
  const names = projections.map(({ name }) => name);
  await waitForPosition(database, names, await store.head());
  const db: Tables = database.kysely.withTables();
  const persons = await personsOf(db, { customerId });
  const events = await readEvents(store, await placesOf(db, persons));
  events.sort((one, other) => (one.position < other.position ? -1 : 1));
  if (!events.length) throw refuse('NOT_FOUND', 'There is no such customer.', { field: 'customerId' });
  return {
    customerId,
    collectedAt: reading.clock(),
    persons,
    events: events.map(({ type, stream, revision, recordedAt, data, metadata }) => ({
      type,
      stream,
      revision: Number(revision),
      recordedAt,
      data,
      metadata,
    })),
    rows: await rowsAbout(database, projections, events),
    reads: await readsOf(database, [...persons.map(idIn), ...events.map(({ id }) => id)]),
  };
}

/** The id by which records of a person are noted; those of a contact hang on its customer's. */
const idIn = (person: Person) => person.slice(person.indexOf(':') + 1);
