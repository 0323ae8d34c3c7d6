import { Args, ArgsType, Context, Field, Query, Resolver } from '@nestjs/graphql';
import { Allow } from '#platform/access/allow.js';
import type { RequestContext } from '#platform/access/request-context.js';
import { type OrganisationTables, organisation } from '../organisation/organisation.projection.js';
import type { CohortFigures } from '../shared/cohort-figures.js';
import { checkedRange, DateRange } from '../shared/date-range.js';
import { type Dimension, distinct, LeadFunnelDimension } from '../shared/dimensions.js';
import { Reading } from '../shared/reading.js';
import { knowledgeOf, ReportArgs } from '../shared/report.args.js';
import { type LeadFunnelTables, leadFunnel } from './lead-funnel.projection.js';
import { leadFunnelOf } from './lead-funnel.query.js';
import { type DirectOpportunities, LeadFunnel } from './lead-funnel.types.js';

@ArgsType()
class LeadFunnelArgs extends ReportArgs {
  @Field(() => DateRange, { description: 'The days on which the leads were captured (线索录入日期).' })
  cohort: DateRange;

  @Field(() => [LeadFunnelDimension], {
    nullable: true,
    description: 'Break the figures down by these (分组维度), in this order.',
  })
  groupBy?: Dimension[] | null;
}

@Resolver()
export class LeadFunnelResolver {
  constructor(private readonly reading: Reading) {}

  @Allow('leadFunnel.read')
  @Query(() => LeadFunnel, {
    description:
      'The lead funnel (线索漏斗) of a cohort, from lead to opportunity, win and payment (线索→商机→成单→回款). ' +
      'Owner, team and region are those at the time of the capture.',
  })
  async leadFunnel(@Args() args: LeadFunnelArgs, @Context() { viewer }: RequestContext): Promise<LeadFunnel> {
    const question = {
      cohort: checkedRange(args.cohort, 'cohort'),
      groupBy: distinct(args.groupBy),
      knownOn: knowledgeOf(args),
    };
    const view = await this.reading.at<LeadFunnelTables & OrganisationTables>(
      viewer,
      [leadFunnel, organisation],
      args.atLeast,
    );
    const { direct, ...ofLeads } = await leadFunnelOf(view, question);
    return { ...ofLeads, direct: shown(direct) };
  }
}

function shown({ stages, population, won, lost, winRate }: CohortFigures): DirectOpportunities {
  const [opened, , paid] = stages;
  const { openHere: open, amount, amounts } = opened!;
  return { opportunities: population, open, won, lost, paid: paid!.reached, winRate, amount, amounts };
}
