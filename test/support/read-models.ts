import type { Kysely } from 'kysely';
import type { NewEvent } from '#event-sourcing/event.js';
import type { Projection } from '#event-sourcing/projection.js';
import { MemoryEventStore } from '#event-store/memory/memory-event-store.js';
import { type Database, openDatabase } from '#projections/database.js';
import { prepare } from '#projections/prepare.js';
import { rebuild } from '#projections/rebuild.js';
import { testDatabase } from './postgres.js';

const timeZone = 'Asia/Shanghai';
const silent = { info: () => {}, warn: () => {}, error: () => {} };

/** Lets `use` query read models that were projected from these events, in a Postgres of its own. */
export async function withReadModels<Tables>(
  projections: readonly Projection[],
  events: readonly NewEvent[],
  use: (db: Kysely<Tables>, database: Database) => Promise<void>,
): Promise<void> {
  const { url, drop } = await testDatabase();
  const database = openDatabase(url);
  const store = new MemoryEventStore();
  try {
    if (events.length > 0) await store.append('test-history', 'noStream', events);
    await prepare({ database, projections, timeZone });
    for (const projection of projections) await rebuild({ store, database, projection, timeZone, log: silent });
    await use(database.kysely as Kysely<Tables>, database);
  } finally {
    await database.close();
    await store.close();
    await drop();
  }
}
