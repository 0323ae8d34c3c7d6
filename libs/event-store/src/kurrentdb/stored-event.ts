import {
  type AllStreamResolvedEvent,
  type EventData,
  type JSONType,
  jsonEvent,
  type ResolvedEvent,
} from '@kurrent/kurrentdb-client';
import type { EventMetadata, NewEvent, RecordedEvent } from '#event-sourcing/event.js';

/** The store has no field for `recordedAt`, so it travels in the metadata. */
type StoredMetadata = EventMetadata & { readonly recordedAt?: string };

export const toStored = (event: NewEvent): EventData =>
  jsonEvent({
    id: event.id,
    type: event.type,
    data: event.data as JSONType,
    metadata: { ...event.metadata, recordedAt: event.recordedAt } satisfies StoredMetadata,
  });

/**
 * @throws when the server does not say positions in streams, as before version 22.6.
 */
export function fromStored({ event, commitPosition }: ResolvedEvent | AllStreamResolvedEvent): RecordedEvent {
  if (!event) throw new Error('The event store returned a link whose event is gone.');
  const position = event.position?.commit ?? commitPosition;
  if (position === undefined)
    throw new Error(`Event ${event.id} has no position: EventStoreDB 22.6 or later is needed.`);
  const storedAt = event.created.toISOString();
  // An event of another application may lack what our own always have.
  const { recordedAt = storedAt, ...metadata } = (event.metadata ?? {}) as unknown as StoredMetadata;
  const { id, type, data, streamId: stream, revision } = event;
  return { id, type, data, metadata, recordedAt, stream, revision, position, storedAt };
}
