import type { System } from '#apps/system/src/system.js';
import { addDays, startOfDay } from '#event-sourcing/business-time.js';
import type { Day, RecordedEvent } from '#event-sourcing/event.js';
import type { Projection } from '#event-sourcing/projection.js';
import { foldInMemory } from '#projections/fold-in-memory.js';
import { planOf } from '#projections/plan.js';
import { timed } from './timing.js';

/** Enough for a steady rate, and not too many for the memory of a process that also answers. */
const REPLAYED = 50_000;

/**
 * Milliseconds to read the events of a projection up to the end of a day and to fold them in memory, without a database and without
 * adding anything up: what the past would cost at least without changes. Measured over the first events, the others in proportion.
 */
export async function replaying({ store, database, config }: System, projection: Projection, until: Day) {
  const types = planOf(projection).types!;
  const { businessTimezone: timeZone } = config;
  const events: RecordedEvent[] = [];
  const ms = await timed(async () => {
    for await (const page of store.readAll({ types, pageSize: 500 })) {
      events.push(...page.events);
      if (events.length >= REPLAYED) break;
    }
    foldInMemory(Object.fromEntries(projection.tables.rows.map(table => [table.name, table])), events, timeZone);
  });
  const end = startOfDay(addDays(until, 1), timeZone);
  const { rows } = await database.pool.query<{ count: number }>(
    'select count(*) from event_store.events where type = any($1) and recorded_at < $2',
    [types, end],
  );
  return (ms * rows[0]!.count) / events.length;
}
