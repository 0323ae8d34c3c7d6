import { Field, InputType } from '@nestjs/graphql';
import { daysBetween } from '#event-sourcing/business-time.js';
import type { Day } from '#event-sourcing/event.js';
import { refuse } from '#event-sourcing/refusal.js';
import { DayScalar } from '#platform/graphql/scalars.js';

@InputType({ description: 'A range of days (日期范围), both ends included; at most 100 years.' })
export class DateRange {
  @Field(() => DayScalar, { description: 'The first day (开始日期).' })
  from: Day;

  @Field(() => DayScalar, { description: 'The last day (结束日期).' })
  to: Day;
}

const FIRST = '1900-01-01';
const LAST = '2999-12-31';
const HUNDRED_YEARS = 36_525;

/** @throws Refusal BAD_USER_INPUT for a day that no business has to do with, and that neighbours a year which Postgres cannot hold. */
export function checkedDay(day: Day, field: string): Day {
  if (day >= FIRST && day <= LAST) return day;
  throw refuse('BAD_USER_INPUT', `${day} is out of range.`, { field, allowed: `${FIRST} to ${LAST}` });
}

/**
 * The range if it makes sense. `field` is the argument's name.
 * @throws Refusal BAD_USER_INPUT for a range that ends before it begins, or is longer than 100 years
 */
export function checkedRange({ from, to }: DateRange, field: string): { from: Day; to: Day } {
  checkedDay(from, `${field}.from`);
  checkedDay(to, `${field}.to`);
  if (from > to)
    throw refuse('BAD_USER_INPUT', `The range ends on ${to}, before it begins on ${from}.`, {
      field: `${field}.to`,
      allowed: `from ${from} on`,
    });
  if (daysBetween(from, to) >= HUNDRED_YEARS)
    throw refuse('BAD_USER_INPUT', 'The range is longer than 100 years.', {
      field: `${field}.to`,
      allowed: `at most ${HUNDRED_YEARS} days`,
    });
  return { from, to };
}
