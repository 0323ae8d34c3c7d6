import { businessDay } from '#event-sourcing/business-time.js';
import type { Day, Instant, RecordedEvent } from '#event-sourcing/event.js';
import type { ProjectedEvent } from '#event-sourcing/projection.js';

const KEPT = 10_000;
const perZone = new Map<string, Map<string, Day>>();

/** The business day, remembered per minute: a projection asks twice per event, and no clock was shifted within a minute since 1972. */
function dayOf(instant: Instant, timeZone: string, known: Map<string, Day>): Day {
  if (instant < '1972') return businessDay(instant, timeZone);
  const minute = instant.slice(0, 16);
  let day = known.get(minute);
  if (day === undefined) {
    day = businessDay(instant, timeZone);
    if (known.size >= KEPT) known.clear();
    known.set(minute, day);
  }
  return day;
}

/** The event as folds see it, with the business days on which it happened and became known. */
export function projected(event: RecordedEvent, timeZone: string): ProjectedEvent {
  let known = perZone.get(timeZone);
  if (!known) {
    known = new Map();
    perZone.set(timeZone, known);
  }
  // Field by field: a spread would cost more than all the rest.
  return {
    id: event.id,
    type: event.type,
    data: event.data,
    metadata: event.metadata,
    recordedAt: event.recordedAt,
    stream: event.stream,
    revision: event.revision,
    position: event.position,
    storedAt: event.storedAt,
    occurredOn: dayOf(event.metadata.occurredAt, timeZone, known),
    knownOn: dayOf(event.recordedAt, timeZone, known),
  };
}
