import type { Day } from '#event-sourcing/event.js';
import { groupBy } from './group-by.js';
import { type Figures, figuresOf } from './sales-daily.figures.js';
import { type Activity, type PersonDay, personDayKey } from './sales-daily.rows.js';

/** How many names of new customers stand with one count. */
export const MAX_NAMES = 100;

/** A new customer under the name that was known. */
export interface NewCustomer extends PersonDay {
  readonly name: string;
}

/** Figures with the names of the new customers, which are looked up only if somebody asks for them. */
export interface NamedFigures extends Figures {
  readonly newCustomers: { readonly count: number; readonly names: () => Promise<string[]> };
}

/** An employee or a team. */
export interface Named {
  readonly id: string;
  readonly name: string | null;
}

/** What is not about the figures. Names are today's, those of new customers as they were known. */
export interface Circumstances {
  readonly days: readonly Day[];
  readonly teamOf: (employeeId: string | null, day: Day) => string | null;
  readonly employeeNames: ReadonlyMap<string, string>;
  readonly teamNames: ReadonlyMap<string, string>;
  readonly newCustomers: () => Promise<readonly NewCustomer[]>;
}

/** The rows by day and name, and what they add up to by day, by team and altogether. Each part is made when it is asked for. */
export function reportOf(activities: readonly Activity[], circumstances: Circumstances) {
  const { days, teamOf, employeeNames, teamNames } = circumstances;
  let newCustomers: Promise<ReadonlyMap<string, readonly NewCustomer[]>> | undefined;
  const namesOf = async (people: readonly PersonDay[]) => {
    newCustomers ??= circumstances.newCustomers().then(customers => groupBy(customers, personDayKey));
    const found = await newCustomers;
    const names = people.flatMap(person => found.get(personDayKey(person)) ?? []).map(({ name }) => name);
    return names.sort().slice(0, MAX_NAMES);
  };
  const sum = (parts: readonly Activity[]): NamedFigures => {
    const figures = figuresOf(parts.flatMap(({ lines }) => lines));
    const { count } = figures.newCustomers;
    return { ...figures, newCustomers: { count, names: async () => (count === 0 ? [] : namesOf(parts)) } };
  };
  return {
    rows: () =>
      activities
        .map(activity => ({ activity, day: activity.day, employee: named(activity.employeeId, employeeNames) }))
        .sort((a, b) => compare(a.day, b.day) || byName(a.employee, b.employee))
        .map(({ activity, day, employee }) => ({ day, employee, ...sum([activity]) })),
    days: () => {
      const byDay = groupBy(activities, ({ day }) => day);
      return days.map(day => ({ day, ...sum(byDay.get(day) ?? []) }));
    },
    teams: () =>
      [...groupBy(activities, ({ employeeId, day }) => teamOf(employeeId, day))]
        .map(([id, parts]) => ({ team: named(id, teamNames), parts }))
        .sort((a, b) => byName(a.team, b.team))
        .map(({ team, parts }) => ({ team, ...sum(parts) })),
    totals: () => sum(activities),
  };
}

const named = (id: string | null, names: ReadonlyMap<string, string>): Named | null =>
  id === null ? null : { id, name: names.get(id) ?? null };

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Those without a name by their id; nobody last. */
function byName(a: Named | null, b: Named | null): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return compare(a.name ?? a.id, b.name ?? b.id) || compare(a.id, b.id);
}
