import {
  eventTypeFilter,
  excludeSystemEvents,
  type Filter,
  type Position as LogPosition,
  START,
} from '@kurrent/kurrentdb-client';
import type { Position } from '#event-sourcing/event.js';

/** Commit and prepare position are the same for every event that is written by today's clients. */
export const logPosition = (position: Position): LogPosition | typeof START =>
  position === 0n ? START : { commit: position, prepare: position };

/** The server-side filter for exactly these event types; without types for everything but the server's own events. */
export function filterFor(types: readonly string[] | undefined): Filter {
  if (!types) return excludeSystemEvents();
  const escaped = types.map(type => type.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return eventTypeFilter({ regex: `^(?:${escaped.join('|')})$` });
}
