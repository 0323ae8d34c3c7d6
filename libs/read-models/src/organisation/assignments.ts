import type { Day } from '#event-sourcing/event.js';
import type { RowOf } from '#event-sourcing/projection.js';
import { firstOf } from '#projections/periods.js';
import type { employees } from './organisation.projection.js';

/** Where somebody was in `[from, before)`; open ends are `null`, so that every day belongs to exactly one assignment. */
export interface Assignment {
  readonly employeeId: string;
  readonly teamId: string | null;
  readonly region: string | null;
  readonly from: Day | null;
  readonly before: Day | null;
}

/**
 * Where an employee was when, as known on a day (default: today). Moves count in the order of the days from which they hold, not in
 * that of their recording; of two for the same day the one recorded later counts. Without a region of one's own it is the team's.
 */
export function assignmentsOf(
  { employeeId, moves }: Pick<RowOf<typeof employees>, 'employeeId' | 'moves'>,
  regionOfTeam: ReadonlyMap<string, string | null>,
  knownOn?: Day,
): Assignment[] {
  const known = moves
    .filter(move => !knownOn || move.knownOn <= knownOn)
    .sort((a, b) => compare(a.effectiveOn ?? '', b.effectiveOn ?? ''));
  const assignments: Assignment[] = [];
  let teamId: string | null = null;
  let ownRegion: string | null = null;
  for (const move of known) {
    teamId = move.teamId ?? teamId;
    ownRegion = move.region ?? ownRegion;
    const region = ownRegion ?? (teamId === null ? null : (regionOfTeam.get(teamId) ?? null));
    const previous = assignments.pop();
    if (previous && previous.from !== move.effectiveOn) assignments.push({ ...previous, before: move.effectiveOn });
    assignments.push({ employeeId, teamId, region, from: move.effectiveOn, before: null });
  }
  return assignments;
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/**
 * The months in the middle of which an employee's assignment changed, each once: there, figures by month do not tell
 * what belongs to which. In the shape that `totalsBetween` takes as `daysOf.months`.
 */
export function monthsOfChange(assignments: readonly Assignment[]): { value: string; month: Day }[] {
  const months = new Map<string, { value: string; month: Day }>();
  for (const { employeeId, from } of assignments) {
    if (from === null || from.endsWith('-01')) continue;
    const month = `${from.slice(0, 7)}-01`;
    months.set(`${month} ${employeeId}`, { value: employeeId, month });
  }
  return [...months.values()];
}

/** The same of quarters, as `daysOf.quarters`; a change at the beginning of a month may lie in the middle of a quarter. */
export function quartersOfChange(assignments: readonly Assignment[]): { value: string; quarter: Day }[] {
  const quarters = new Map<string, { value: string; quarter: Day }>();
  for (const { employeeId, from } of assignments) {
    if (from === null || from === firstOf('q', from)) continue;
    const quarter = firstOf('q', from);
    quarters.set(`${quarter} ${employeeId}`, { value: employeeId, quarter });
  }
  return [...quarters.values()];
}
