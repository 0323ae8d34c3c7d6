import type { CrmEvents } from '#crm/events.js';
import { derivedId } from '#crm/execution/command-ids.js';
import { privacy } from '#crm/privacy.js';
import type { Instant, NewEvent, RecordedEvent } from '#event-sourcing/event.js';
import type { Person } from '#event-sourcing/privacy.js';
import { secretsOf } from '#privacy/encrypted-event.js';
import { refold } from '#projections/refold.js';
import { waitForPosition } from '#projections/wait.js';
import { history } from '#read-models/history/history.projection.js';
import { readEvents } from '#read-models/history/read-events.js';
import { personal } from '#read-models/personal/personal.projection.js';
import { personsOf, placesOf } from '#read-models/personal/persons.query.js';
import { projections } from '#read-models/read-models.js';
import type { System } from './system.js';

export type Request = RecordedEvent<'ErasureRequested', CrmEvents['ErasureRequested']>;
type Work = Pick<System, 'store' | 'database' | 'keys' | 'reading'>;

interface Waiting {
  readonly request: Request;
  done(): void;
  failed(error: unknown): void;
}

/** Projections that have a long way to go are given time, and asked again by whoever tries again. */
const PATIENCE_MS = 60_000;

/**
 * Does what a request for erasure asks for: destroys the keys, cleans what was derived, and records that it is done. Each step is harmless
 * when repeated, so a request is done again from its beginning until it comes to its end.
 */
export class Eraser {
  private waiting: Waiting[] = [];
  private busy = false;

  constructor(private readonly system: Work) {}

  /** Requests that come while others are being done are done together: reading the log for one takes as long as for all. */
  handle(request: RecordedEvent): Promise<void> {
    return new Promise((done, failed) => {
      this.waiting.push({ request: request as Request, done, failed });
      if (!this.busy) void this.work();
    });
  }

  /** Destroys once more what has come back with a backup of the keys, and cleans what was made of it. */
  async repeat(): Promise<void> {
    const { store, keys } = this.system;
    const erased = new Set<Person>();
    for await (const { events } of store.readAll({ types: ['PersonErased'] }))
      for (const { data } of events)
        for (const person of (data as CrmEvents['PersonErased']).persons) erased.add(person);
    const found = erased.size ? await keys.table.find([...erased]) : [];
    const back = found.filter(({ wrapped }) => wrapped).map(({ person }) => person);
    if (!back.length) return;
    await keys.keys.destroy(back);
    await this.clean(back);
  }

  private async work(): Promise<void> {
    this.busy = true;
    // Whoever asks in the same breath comes along.
    await new Promise(setImmediate);
    while (this.waiting.length) {
      const together = this.waiting.splice(0);
      try {
        await this.erase(together.map(({ request }) => request));
        for (const { done } of together) done();
      } catch (error) {
        for (const { failed } of together) failed(error);
      }
    }
    this.busy = false;
  }

  private async erase(requests: readonly Request[]): Promise<void> {
    const { database, keys } = this.system;
    const last = requests.at(-1)!.position;
    await waitForPosition(database, [personal.name, history.name], last, PATIENCE_MS);
    const found = await Promise.all(requests.map(({ data }) => personsOf(database.kysely.withTables(), data)));
    const persons = [...new Set(found.flat())];
    await keys.keys.destroy(persons);
    await this.clean(persons);
    for (const [index, request] of requests.entries()) await this.record(request, found[index]!);
  }

  private async clean(persons: readonly Person[]): Promise<void> {
    const { store, database } = this.system;
    // What was encrypted until the key was destroyed has been appended by now.
    await waitForPosition(database, [personal.name], await store.head(), PATIENCE_MS);
    const events = await readEvents(store, await placesOf(database.kysely.withTables(), persons));
    await refold({ store, database, projections }, events);
    const plain = events.find(event => secretsOf(event, privacy));
    // It was written before anything was encrypted. To say that it is erased would be a lie.
    if (plain)
      throw new Error(
        `Event ${plain.revision} of ${plain.stream} holds personal data unencrypted. Move the log into an empty store with crm events import --encrypt.`,
      );
  }

  private async record(request: Request, persons: readonly Person[]): Promise<void> {
    await this.system.store.append(request.stream, request.revision, [
      erasureDone(request, persons, this.system.reading.clock()),
    ]);
  }
}

/** What is recorded when a request has been done; with the same id, however often. */
export function erasureDone({ id, data, metadata }: Request, persons: readonly Person[], now: Instant): NewEvent {
  const { requestedOn: _, ...whom } = data;
  return {
    id: derivedId('eraser', id),
    type: 'PersonErased',
    data: { ...whom, persons },
    recordedAt: now,
    metadata: {
      $correlationId: metadata.$correlationId,
      $causationId: id,
      actor: { id: 'eraser', role: 'system' },
      occurredAt: now,
      schemaVersion: metadata.schemaVersion,
    },
  };
}
