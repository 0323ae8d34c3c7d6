import { ArgsType, Field, ID } from '@nestjs/graphql';
import { daysBetween } from '#event-sourcing/business-time.js';
import type { Day } from '#event-sourcing/event.js';
import { refuse } from '#event-sourcing/refusal.js';
import { DayScalar } from '#platform/graphql/scalars.js';
import { checkedDay } from '../shared/date-range.js';
import { ReportArgs } from '../shared/report.args.js';
import type { Period } from './sales-daily.query.js';

@ArgsType()
export class SalesDailyArgs extends ReportArgs {
  @Field(() => DayScalar, { description: 'The first day (开始日期).' })
  from: Day;

  @Field(() => DayScalar, { description: 'The last day (结束日期), included.' })
  to: Day;

  @Field(() => [ID], { nullable: true, description: 'Only these employees (员工).' })
  employees?: string[] | null;

  @Field(() => ID, { nullable: true, description: 'Only this team (团队), with whoever was in it on the day.' })
  team?: string | null;

  @Field(() => String, { nullable: true, description: 'Only this region (区域), with whoever was in it on the day.' })
  region?: string | null;
}

const TEN_YEARS = 3_653;

/** @throws Refusal BAD_USER_INPUT for a day out of range, and a period that ends before it begins or is too long. */
export function periodOf({ from, to, knownOn }: SalesDailyArgs): Period {
  checkedDay(from, 'from');
  checkedDay(to, 'to');
  const days = daysBetween(from, to) + 1;
  if (days < 1)
    throw refuse('BAD_USER_INPUT', `The report would end on ${to}, before it begins on ${from}.`, {
      field: 'to',
      allowed: `from ${from} on`,
    });
  if (days > TEN_YEARS)
    throw refuse('BAD_USER_INPUT', 'The report would be longer than ten years.', {
      field: 'to',
      allowed: `at most ${TEN_YEARS} days`,
    });
  return { from, to, knownOn: knownOn == null ? undefined : checkedDay(knownOn, 'knownOn') };
}
