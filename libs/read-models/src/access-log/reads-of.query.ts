import { type Kysely, sql } from 'kysely';
import type { Instant } from '#event-sourcing/event.js';
import type { Database } from '#projections/database.js';
import type { AccessLogTables } from './access-log.table.js';

/** That somebody looked at something. The address is left out: it is the reader's own. */
export interface Read {
  readonly at: Instant;
  readonly actorId: string;
  readonly role: string;
  readonly onBehalfOf: string | null;
  readonly operation: string;
  /** The personal fields that were asked for. */
  readonly fields: readonly string[];
}

/** A document has to end; what is older stands in the access log. */
const MOST = 10_000;

/** Who was answered one of these records, newest first, as far as the access log reaches back: the newest 10,000. */
export async function readsOf(database: Database, records: readonly string[]): Promise<Read[]> {
  return (
    (database.kysely as Kysely<AccessLogTables>)
      .selectFrom('accessLog.entries')
      .select(['at', 'actorId', 'role', 'onBehalfOf', 'operation', 'fields'])
      .where(sql<boolean>`records && ${records}::text[]`)
      // What commands did is told by the events.
      .where('operation', 'not like', 'mutation %')
      .orderBy('at', 'desc')
      .orderBy('id', 'desc')
      .limit(MOST)
      .execute()
  );
}
