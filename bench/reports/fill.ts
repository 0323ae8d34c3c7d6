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

/** Writes the history of that many opportunities behind what the log holds, by COPY: sent as commands it would take an hour. */
export async function fillLog(database: Database, opportunities: number): Promise<number> {
  const { rows } = await database.pool.query<{ position: number }>('select position from event_store.head');
  let position = rows[0]!.position;
  let lines: unknown[][] = [];
  const write = async () => {
    const written = lines;
    lines = [];
    await inTransaction({ pool: database.copying }, async client => {
      await client.query('set local synchronous_commit = off');
      await copyInto(client, 'event_store', EVENTS, written);
      await client.query('update event_store.head set position = $1', [position]);
    });
  };
  const lineOf = ({ stream, revision, type, data }: Happening, recordedAt: string) => {
    position++;
    const id = `00000000-0000-4000-8000-${position.toString(16).padStart(12, '0')}`;
    const actor = { id: (data as { ownerId?: string }).ownerId ?? 'hr', role: 'salesperson' };
    const metadata = { $correlationId: id, $causationId: id, actor, occurredAt: recordedAt, schemaVersion: 1 };
    return [position, revision, recordedAt, id, stream, type, recordedAt, data, metadata];
  };
  for (const { day, happenings } of history(opportunities)) {
    const opens = Date.parse(`${day}T00:00:00.000Z`) + OFFICE_OPENS_MS;
    for (const [index, happening] of happenings.entries()) {
      const at = opens + Math.floor((index / happenings.length) * OFFICE_HOURS_MS);
      lines.push(lineOf(happening, new Date(at).toISOString()));
      if (lines.length === LINES_PER_COPY) await write();
    }
  }
  await write();
  await database.pool.query('vacuum analyze event_store.events');
  return position;
}
