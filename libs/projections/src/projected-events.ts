import { businessDay } from '#event-sourcing/business-time.js';
import type { Day, Instant, RecordedEvent } from '#event-sourcing/event.js';
import type { ProjectedEvent } from '#event-sourcing/projection.js';

const KEPT = 10_000;
const perZone = new Map<string, Map<string, Day>>();

/**
 * The business day, remembered per minute: a projection asks twice per event, and no clock was shifted within a minute since 1972. What
 * comes behind the minute is not looked at, so that the answer does not depend on what was asked before.
 * @throws RangeError for what is no time.
 */
function dayOf(instant: Instant, timeZone: string, known: Map<string, Day>): Day {
  if (instant < '1972') return businessDay(instant, timeZone);
  const minute = instant.slice(0, 16);
  let day = known.get(minute);
  if (day === undefined) {
    day = businessDay(`${minute}Z`, timeZone);
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
  try {
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
  } catch {
    return untold(event, instant => dayOf(instant, timeZone, known));
  }
}

/** An event that cannot be told as a whole: only the fold that asks for what is wrong with it fails, and parks it under its own key. */
const untold = (event: RecordedEvent, day: (instant: Instant) => Day): ProjectedEvent =>
  Object.create(event, {
    occurredOn: { get: () => day(event.metadata.occurredAt) },
    knownOn: { get: () => day(event.recordedAt) },
  });

/** The days on which events became known, of all that can tell theirs. */
export function knownDays(events: readonly ProjectedEvent[]): Day[] {
  return events.flatMap(event => {
    try {
      return [event.knownOn];
    } catch {
      return [];
    }
  });
}
