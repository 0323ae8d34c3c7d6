import type { Day } from '#event-sourcing/event.js';
import type { Assignment } from '../organisation/assignments.js';
import { groupBy } from './group-by.js';

/** Whose figures are asked for; what is left out does not narrow. */
export interface Filter {
  readonly employees?: readonly string[] | null;
  readonly team?: string | null;
  readonly region?: string | null;
}

/** Who belongs to the report on which day, and to which team. */
export interface Scope {
  /** All who are in it on any day, so that the figures of others need not be read; undefined: all there are. */
  readonly employees: readonly string[] | undefined;
  readonly includes: (employeeId: string | null, day: Day) => boolean;
  readonly teamOf: (employeeId: string | null, day: Day) => string | null;
}

/**
 * Team and region are those of the day: who moves takes along what they do from then on, and leaves what they did before.
 * Figures of nobody in particular belong only to a report that is not narrowed.
 */
export function scopeOf({ employees, team, region }: Filter, organisation: readonly Assignment[]): Scope {
  const wanted = employees && new Set(employees);
  const placed = team != null || region != null;
  const assignments = groupBy(organisation, ({ employeeId }) => employeeId);
  const assignmentOn = (employeeId: string, day: Day) =>
    assignments.get(employeeId)?.find(({ from, before }) => (!from || from <= day) && (!before || day < before));
  const isPlaced = (assignment: Assignment | undefined) =>
    (team == null || assignment?.teamId === team) && (region == null || assignment?.region === region);
  const everPlaced = () => [...new Set(organisation.filter(isPlaced).map(({ employeeId }) => employeeId))];
  return {
    employees: placed ? everPlaced() : (employees ?? undefined),
    includes: (employeeId, day) => {
      if (employeeId === null) return !wanted && !placed;
      if (wanted && !wanted.has(employeeId)) return false;
      const assignment = placed ? assignmentOn(employeeId, day) : undefined;
      return isPlaced(assignment);
    },
    teamOf: (employeeId, day) => (employeeId === null ? null : (assignmentOn(employeeId, day)?.teamId ?? null)),
  };
}
