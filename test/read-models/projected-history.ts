import type { NewEvent, Position } from '#event-sourcing/event.js';
import type { Projection } from '#event-sourcing/projection.js';
import { MemoryEventStore } from '#event-store/memory/memory-event-store.js';
import { openDatabase } from '#projections/database.js';
import { prepare } from '#projections/prepare.js';
import { runProjections } from '#projections/projector.js';
import { waitForPosition } from '#projections/wait.js';
import { Reading } from '#read-models/shared/reading.js';
import { testDatabase } from '../support/postgres.js';

const TIME_ZONE = 'Asia/Shanghai';
const PATIENCE_MS = 20_000;

/** Read models in a database of their own that follow a log in memory. */
export interface ProjectedHistory {
  readonly reading: Reading;
  /** Appends events to the streams of their subjects, and returns when they are in the read models. */
  happen(...events: readonly NewEvent[]): Promise<Position>;
  close(): Promise<void>;
}

export async function projectedHistory(...projections: readonly Projection[]): Promise<ProjectedHistory> {
  const { url, drop } = await testDatabase();
  const database = openDatabase(url);
  const store = new MemoryEventStore();
  const stopping = new AbortController();
  const { signal } = stopping;
  const errors: unknown[] = [];
  const log = { info: () => {}, warn: () => {}, error: (...error: unknown[]) => errors.push(error) };
  await prepare({ database, projections, timeZone: TIME_ZONE });
  const running = runProjections({ store, database, projections, timeZone: TIME_ZONE, signal, log });
  const names = projections.map(({ name }) => name);
  return {
    reading: new Reading(database, store, TIME_ZONE, () => new Date().toISOString()),
    async happen(...events) {
      for (const event of events) await append(store, event);
      const head = await store.head();
      await waitForPosition(database, names, head, PATIENCE_MS).catch(error => {
        throw errors.length ? new AggregateError(errors.flat(), 'The projections do not get on.') : error;
      });
      return head;
    },
    async close() {
      stopping.abort();
      await running;
      await database.close();
      await drop();
    },
  };
}

async function append(store: MemoryEventStore, event: NewEvent): Promise<void> {
  const stream = streamOf(event);
  let last: bigint | undefined;
  for await (const { revision } of store.readStream(stream, { backwards: true, limit: 1 })) last = revision;
  await store.append(stream, last ?? 'noStream', [event]);
}

const subjects = ['payment', 'contract', 'interaction', 'task', 'lead', 'opportunity', 'customer', 'employee', 'team'];

/** `payment-<id>` for an event whose data names a payment first of all. */
function streamOf({ type, data }: NewEvent): string {
  const subject = subjects.find(name => type.toLowerCase().startsWith(name));
  const id = (data as { readonly [field: string]: string })[`${subject}Id`];
  if (!subject || id === undefined) throw new Error(`The test does not know the stream of ${type}.`);
  return `${subject}-${id}`;
}
