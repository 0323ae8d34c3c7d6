import { Args, ArgsType, Context, Field, Query, Resolver, registerEnumType } from '@nestjs/graphql';
import { Allow } from '#platform/access/allow.js';
import type { RequestContext } from '#platform/access/request-context.js';
import { type OrganisationTables, organisation } from '../organisation/organisation.projection.js';
import { checkedRange, DateRange } from '../shared/date-range.js';
import { ClosingDimension, type Dimension, distinct } from '../shared/dimensions.js';
import { Reading } from '../shared/reading.js';
import { knowledgeOf, ReportArgs } from '../shared/report.args.js';
import { type ClosingsTables, closings } from './closings.projection.js';
import { type ClosingPeriod, closingsOf } from './closings.query.js';
import { Closing } from './closings.types.js';

const ClosingPeriods: { readonly [Period in ClosingPeriod]: Period } = {
  TOTAL: 'TOTAL',
  MONTH: 'MONTH',
  QUARTER: 'QUARTER',
  YEAR: 'YEAR',
};

registerEnumType(ClosingPeriods, {
  name: 'ClosingPeriod',
  description: 'The periods of the rows (期间).',
  valuesMap: {
    TOTAL: { description: 'The whole range (合计).' },
    MONTH: { description: 'By month (按月), `2026-03`.' },
    QUARTER: { description: 'By quarter (按季度), `2026-Q1`.' },
    YEAR: { description: 'By year (按年), `2026`.' },
  },
});

@ArgsType()
class ClosingsArgs extends ReportArgs {
  @Field(() => DateRange, { description: 'The days of closing (成交或丢单日期).' })
  closed: DateRange;

  @Field(() => ClosingPeriods, { defaultValue: 'TOTAL', description: 'One row per period (期间).' })
  per: ClosingPeriod;

  @Field(() => [ClosingDimension], {
    nullable: true,
    description: 'Break the figures down by these (分组维度), in this order.',
  })
  groupBy?: Dimension[] | null;
}

@Resolver()
export class ClosingsResolver {
  constructor(private readonly reading: Reading) {}

  @Allow('closings.read')
  @Query(() => [Closing], {
    description:
      'What was won and lost by the day of closing (成交分析), with win rate (赢单率) and sales cycle (销售周期). An opportunity counts by its ' +
      'last end, for whoever had it then. Periods and groups in which nothing was closed have no row.',
  })
  async closings(@Args() args: ClosingsArgs, @Context() { viewer }: RequestContext): Promise<Closing[]> {
    const question = {
      closed: checkedRange(args.closed, 'closed'),
      per: args.per,
      groupBy: distinct(args.groupBy),
      knownOn: knowledgeOf(args),
    };
    const view = await this.reading.at<ClosingsTables & OrganisationTables>(
      viewer,
      [closings, organisation],
      args.atLeast,
    );
    return closingsOf(view, question);
  }
}
