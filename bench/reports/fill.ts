import type { Column } from '#event-sourcing/projection.js';
import { copyInto } from '#projections/copy.js';
import type { Database } from '#projections/database.js';
import { inTransaction } from '#projections/transaction.js';
import { type Happening, history } from './history.js';

const LINES_PER_COPY = 20_000;
const text: Column<unknown> = { kind: 'text', optional: false };
const integer: Column<unknown> = { kind: 'integer', optional: false };
const json: Column<unknown> = { kind: 'json', optional: false };

/** The log as its table has it. */
const EVENTS = {
  name: 'events',
  sql: 'events',
  columns: [
    ['position', integer],
    ['revision', integer],
    ['storedAt', text],
    ['id', text],
    ['stream', text],
    ['type', text],
    ['recordedAt', text],
    ['data', json],
    ['metadata', json],
  ],
} as const;

const OFFICE_OPENS_MS = 3_600_000;
const OFFICE_HOURS_MS = 8 * 3_600_000;

/**
 * Writes the history of that many opportunities behind what the log holds, by COPY: sent as commands it would take an hour. All of it
 * or nothing: a log that was half filled by a run that was interrupted would be measured by the next one.
 */
export async function fillLog(database: Database, opportunities: number): Promise<void> {
  await inTransaction({ pool: database.copying }, async client => {
    const { rows } = await client.query<{ position: number }>('select position from event_store.head for update');
    let position = rows[0]!.position;
    const lines: unknown[][] = [];
    for (const happening of dated(opportunities)) {
      lines.push(lineOf(happening, ++position));
      if (lines.length === LINES_PER_COPY) await copyInto(client, 'event_store', EVENTS, lines.splice(0));
    }
    await copyInto(client, 'event_store', EVENTS, lines);
    await client.query('update event_store.head set position = $1', [position]);
  });
  await database.pool.query('vacuum analyze event_store.events');
}

type Dated = Happening & { readonly at: string };

/** Over the office hours of each day. */
function* dated(opportunities: number): Iterable<Dated> {
  for (const { day, happenings } of history(opportunities)) {
    const opens = Date.parse(`${day}T00:00:00.000Z`) + OFFICE_OPENS_MS;
    for (const [index, happening] of happenings.entries()) {
      const at = opens + Math.floor((index / happenings.length) * OFFICE_HOURS_MS);
      yield { ...happening, at: new Date(at).toISOString() };
    }
  }
}

function lineOf({ stream, revision, type, data, at }: Dated, position: number): unknown[] {
  const id = `00000000-0000-4000-8000-${position.toString(16).padStart(12, '0')}`;
  const actor = { id: (data as { ownerId?: string }).ownerId ?? 'hr', role: 'salesperson' };
  const metadata = { $correlationId: id, $causationId: id, actor, occurredAt: at, schemaVersion: 1 };
  return [position, revision, at, id, stream, type, at, data, metadata];
}
