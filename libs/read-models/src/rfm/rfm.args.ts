import { ArgsType, Field } from '@nestjs/graphql';
import type { Day } from '#event-sourcing/event.js';
import { refuse } from '#event-sourcing/refusal.js';
import { DayScalar } from '#platform/graphql/scalars.js';
import { PageArgs } from '../shared/connection.js';
import { checkedDay } from '../shared/date-range.js';
import { ReportArgs } from '../shared/report.args.js';
import { RfmBasis, RfmMethod } from './rfm.methods.js';
import type { RfmQuestion } from './rfm.query.js';

@ArgsType()
export class RfmArgs extends ReportArgs {
  @Field(() => DayScalar, {
    description: 'The day of the report (统计日期), also a future one: what was paid or signed later does not count.',
  })
  asOf: Day;

  @Field(() => RfmMethod, { nullable: true, defaultValue: RfmMethod.QUINTILE, description: 'How to score (评分方法).' })
  method?: RfmMethod | null;

  @Field(() => RfmBasis, { nullable: true, defaultValue: RfmBasis.RECEIPTS, description: 'What to count (统计口径).' })
  basis?: RfmBasis | null;

  @Field(() => String, {
    nullable: true,
    description: 'Only transactions in this currency (币种), `CNY`. Needed where several occur: they are never mixed.',
  })
  currency?: string | null;
}

@ArgsType()
export class RfmCustomersArgs extends PageArgs {
  @Field(() => String, { nullable: true, description: 'Only this segment (客户分群), by either of its names.' })
  segment?: string | null;

  @Field(() => String, { nullable: true, description: 'Only this cell (八类客户), `101` or by a name of it.' })
  cell?: string | null;
}

/** @throws Refusal BAD_USER_INPUT for a day out of range, or what cannot be a currency. */
export function questionOf({ asOf, basis, currency, knownOn }: RfmArgs): RfmQuestion {
  if (currency != null && !/^[A-Z]{3}$/.test(currency))
    throw refuse('BAD_USER_INPUT', 'This is no currency.', { field: 'currency', allowed: 'an ISO 4217 code, CNY' });
  return {
    asOf: checkedDay(asOf, 'asOf'),
    basis: basis ?? RfmBasis.RECEIPTS,
    currency,
    knownOn: knownOn == null ? knownOn : checkedDay(knownOn, 'knownOn'),
  };
}
