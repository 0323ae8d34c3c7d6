import { type Refusal, refuse } from '#event-sourcing/refusal.js';
import type { Attempt } from './attempt.js';

export function notFound(kind: string, id: string, field: string): Refusal {
  return refuse('NOT_FOUND', `There is no ${kind} ${id}.`, { field });
}

/** To whoever does not reach a record, it looks like one that is not there; only that its id is taken cannot be kept from a creator. */
export function hidden({ decider: { stream: kind }, id, definition }: Attempt): Refusal {
  const field = `${kind}Id`;
  if (!definition.newId) return notFound(kind, id, field);
  return refuse('ALREADY_TAKEN', `${field} ${id} belongs to another one already.`, { field });
}
