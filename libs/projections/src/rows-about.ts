import type pg from 'pg';
import type { RecordedEvent } from '#event-sourcing/event.js';
import type { Projection } from '#event-sourcing/projection.js';
import type { Database } from './database.js';
import { schemaOf } from './naming.js';
import { type Plan, planOf, type RowsPlan } from './plan.js';
import { selectFrom } from './statements.js';
import type { Row } from './values.js';

type Queryable = Pick<pg.ClientBase, 'query'>;

/** Keys of a projection's tables. */
export type Keys = ReadonlyMap<RowsPlan, ReadonlySet<string>>;

/** The keys of all rows that events went into. */
export function keysOf(plan: Plan, events: readonly RecordedEvent[]): Keys {
  const found = new Map<RowsPlan, Set<string>>();
  for (const event of events)
    for (const rows of plan.of(event.type).rows) {
      const key = keyIn(rows, event);
      if (key === undefined) continue;
      const keys = found.get(rows);
      if (keys) keys.add(key);
      else found.set(rows, new Set([key]));
    }
  return found;
}

/** The key of the row that an event goes into. One whose key cannot be told is parked, and was never folded. */
export function keyIn({ table }: RowsPlan, event: RecordedEvent): string | undefined {
  try {
    return table.keyOf(event) ?? undefined;
  } catch {
    return undefined;
  }
}

/** The rows with these keys, as they are stored. */
export async function storedRows(client: Queryable, schema: string, { shape }: RowsPlan, keys: ReadonlySet<string>) {
  return (await client.query<Row>(selectFrom(schema, shape), [[...keys]])).rows;
}

/** The live rows that events went into, by `projection.table`. */
export async function rowsAbout(
  { pool }: Database,
  projections: readonly Projection[],
  events: readonly RecordedEvent[],
): Promise<Record<string, Row[]>> {
  const found: Record<string, Row[]> = {};
  for (const projection of projections)
    for (const [rows, keys] of keysOf(planOf(projection), events)) {
      const stored = await storedRows(pool, schemaOf(projection.name), rows, keys);
      if (stored.length) found[rows.table.path] = stored;
    }
  return found;
}
