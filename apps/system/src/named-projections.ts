import type { Projection } from '#event-sourcing/projection.js';
import { refuse } from '#event-sourcing/refusal.js';
import { projections } from '#read-models/read-models.js';

/** @throws Refusal NOT_FOUND, with the names that there are. */
export function projectionNamed(name: string): Projection {
  const found = projections.find(projection => projection.name === name);
  if (found) return found;
  const allowed = projections.map(projection => projection.name);
  const message = `There is no projection ${name}. There are ${allowed.join(', ')}.`;
  throw refuse('NOT_FOUND', message, { field: 'name', allowed });
}

/** The named ones, or all. @throws Refusal BAD_USER_INPUT when neither or both are asked for. */
export function projectionsNamed(names: readonly string[], all: boolean): readonly Projection[] {
  if (all === names.length > 0) throw refuse('BAD_USER_INPUT', 'Name the projections, or say --all.');
  return all ? projections : names.map(projectionNamed);
}
