import type { Day } from '#event-sourcing/event.js';
import type { EmployeeEvents } from './employee.events.js';

/** What is known of where an employee was from which day on. */
export interface Places {
  readonly hired?: EmployeeEvents['EmployeeHired'];
  readonly moves: readonly EmployeeEvents['EmployeeMoved'][];
}

export const PLACE = ['teamId', 'region', 'managerId'] as const;
export type Place = { readonly [Field in (typeof PLACE)[number]]?: string };

/** Where the employee is on a day, by everything known so far; moves count in the order of their days, not of their entry. */
export function placeOn(day: Day, { hired, moves }: Places): Place {
  const effective = moves
    .filter(({ effectiveOn }) => effectiveOn <= day)
    .sort((a, b) => (a.effectiveOn < b.effectiveOn ? -1 : a.effectiveOn > b.effectiveOn ? 1 : 0));
  const latest = (field: keyof Place) => effective.findLast(move => move[field])?.[field] ?? hired?.[field];
  return { teamId: latest('teamId'), region: latest('region'), managerId: latest('managerId') };
}
