import { addDays } from '#event-sourcing/business-time.js';
import type { Day } from '#event-sourcing/event.js';
import { refuse } from '#event-sourcing/refusal.js';
import { groupBy } from './group-by.js';
import type { Line } from './sales-daily.figures.js';
import type { Scope } from './sales-daily.scope.js';

export const MAX_ROWS = 20_000;

/** Somebody, or nobody in particular, on a day: what a row of the report is about. */
export interface PersonDay {
  readonly day: Day;
  readonly employeeId: string | null;
}

/** A sum of facts of one person on one day. */
export type DailyLine = Line & PersonDay;

/** What somebody did on a day; without lines: nothing. */
export interface Activity extends PersonDay {
  readonly lines: readonly DailyLine[];
}

/** With the company from a day to a day, both included; `null`: open. */
export interface Employment {
  readonly employeeId: string;
  readonly hiredOn: Day | null;
  readonly dismissedOn: Day | null;
}

/** Identifies a person's day. */
export const personDayKey = ({ day, employeeId }: PersonDay): string => `${day}/${employeeId ?? ''}`;

export function daysOf({ from, to }: { readonly from: Day; readonly to: Day }): Day[] {
  const days: Day[] = [];
  for (let day = from; day <= to; day = addDays(day, 1)) days.push(day);
  return days;
}

const isActive = ({ hiredOn, dismissedOn }: Employment, day: Day) =>
  (hiredOn === null || hiredOn <= day) && (dismissedOn === null || day <= dismissedOn);

/**
 * Who was there on which day, in the order of days.
 * @throws Refusal BAD_USER_INPUT for more than `MAX_ROWS`.
 */
export function presence(days: readonly Day[], staff: readonly Employment[], scope: Scope): PersonDay[] {
  const present: PersonDay[] = [];
  for (const day of days)
    for (const employment of staff)
      if (isActive(employment, day) && scope.includes(employment.employeeId, day)) {
        present.push({ day, employeeId: employment.employeeId });
        checkSize(present.length);
      }
  return present;
}

/**
 * Everybody present with what they did, and everybody else who did something: no line in scope is lost.
 * @throws Refusal BAD_USER_INPUT for more than `MAX_ROWS`.
 */
export function activities(present: readonly PersonDay[], lines: readonly DailyLine[], scope: Scope): Activity[] {
  const inScope = lines.filter(({ employeeId, day }) => scope.includes(employeeId, day));
  const done = groupBy(inScope, personDayKey);
  const rows = new Map(present.map(person => [personDayKey(person), { ...person, lines: [] as readonly DailyLine[] }]));
  for (const [key, lines] of done) {
    const { day, employeeId } = lines[0]!;
    rows.set(key, { day, employeeId, lines });
  }
  checkSize(rows.size);
  return [...rows.values()];
}

function checkSize(rows: number): void {
  if (rows <= MAX_ROWS) return;
  throw refuse(
    'BAD_USER_INPUT',
    `The report has a row per person and day, and would have more than ${MAX_ROWS}: shorten the period, or name employees, a team or a region.`,
    { field: 'to', allowed: `at most ${MAX_ROWS} rows` },
  );
}
