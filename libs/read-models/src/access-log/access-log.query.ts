import { type Kysely, sql } from 'kysely';
import type { Instant } from '#event-sourcing/event.js';
import type { Database } from '#projections/database.js';
import { type Connection, connection, type PageArgs, sliceOf } from '../shared/connection.js';
import { type Order, pageOf } from '../shared/keyset.js';
import type { AccessEntry } from './access-entry.type.js';
import type { AccessLogRow, AccessLogTables } from './access-log.table.js';

/** Which entries; all given conditions hold. */
export interface AccessFilter {
  readonly actorId?: string | null;
  readonly operation?: string | null;
  /** The id of a record that was answered. */
  readonly record?: string | null;
  readonly correlationId?: string | null;
  readonly address?: string | null;
  readonly from?: Instant | null;
  readonly to?: Instant | null;
}

const newestFirst: Order = {
  name: 'accessLog',
  descending: true,
  keys: [
    { column: 'at', kind: 'instant' },
    { column: 'id', kind: 'text' },
  ],
};

const entriesOf = (database: Database) => (database.kysely as Kysely<AccessLogTables>).selectFrom('accessLog.entries');

/** A page of the access log, newest first. @throws Refusal BAD_USER_INPUT for a page that cannot be. */
export async function accessLogOf(
  database: Database,
  filter: AccessFilter,
  page: PageArgs = {},
): Promise<Connection<AccessEntry>> {
  const { actorId, operation, record, correlationId, address, from, to } = filter;
  const matching = entriesOf(database)
    .$if(actorId != null, query => query.where('actorId', '=', actorId!))
    .$if(operation != null, query => query.where('operation', '=', operation!))
    .$if(record != null, query => query.where(sql<boolean>`records @> array[${record}]::text[]`))
    .$if(correlationId != null, query => query.where('correlationId', '=', correlationId!))
    .$if(address != null, query => query.where('address', '=', address!))
    .$if(from != null, query => query.where('at', '>=', from!))
    .$if(to != null, query => query.where('at', '<=', to!));
  const paged = await pageOf<AccessLogTables, 'accessLog.entries', AccessLogRow>(
    matching.selectAll(),
    newestFirst,
    sliceOf(page),
  );
  return connection(
    paged,
    row => row,
    async () => {
      const { count } = await matching.select(sql<number>`count(*)`.as('count')).executeTakeFirstOrThrow();
      return count;
    },
  );
}
