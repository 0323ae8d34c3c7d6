import { addDays } from '#event-sourcing/business-time.js';
import type { Day } from '#event-sourcing/event.js';

/**
 * The periods by which totals with a date are kept: day, month, and in roll-ups a third of a month (旬: from the 1st, the 11th and
 * the 21st) and quarter. A line's date is the first day of its period.
 */
export type Grain = 'd' | 't' | 'm' | 'q';

const dayOfMonth = (day: Day, number: number): Day => `${day.slice(0, 8)}${String(number).padStart(2, '0')}`;

/** The first day of the period in which a day lies. */
export function firstOf(grain: Grain, day: Day): Day {
  switch (grain) {
    case 'd':
      return day;
    case 't':
      return dayOfMonth(day, 1 + 10 * Math.min(2, Math.floor((Number(day.slice(8)) - 1) / 10)));
    case 'm':
      return dayOfMonth(day, 1);
    case 'q': {
      const month = Number(day.slice(5, 7)) - 1;
      return `${day.slice(0, 5)}${String(month - (month % 3) + 1).padStart(2, '0')}-01`;
    }
  }
}

/** Days that certainly lie in the next period, counted from the first day of one. */
const BEYOND = { d: 1, t: 11, m: 31, q: 92 } as const;

/** The first day of the next one. */
export const nextAfter = (grain: Grain, day: Day): Day => firstOf(grain, addDays(firstOf(grain, day), BEYOND[grain]));

/** The first day of the period of a day that is SQL. */
export function firstOfSql(grain: Grain, day: string): string {
  switch (grain) {
    case 'd':
      return day;
    case 't':
      return `(date_trunc('month', ${day})::date + 10 * least(2, (extract(day from ${day})::int - 1) / 10))`;
    case 'm':
      return `date_trunc('month', ${day})::date`;
    case 'q':
      return `date_trunc('quarter', ${day})::date`;
  }
}
