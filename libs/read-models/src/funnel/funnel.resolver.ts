import { Args, ArgsType, Context, Field, Query, Resolver, registerEnumType } from '@nestjs/graphql';
import { Allow } from '#platform/access/allow.js';
import type { RequestContext } from '#platform/access/request-context.js';
import { type OrganisationTables, organisation } from '../organisation/organisation.projection.js';
import { checkedRange, DateRange } from '../shared/date-range.js';
import { type Dimension, distinct, FunnelDimension } from '../shared/dimensions.js';
import { Reading } from '../shared/reading.js';
import { knowledgeOf, ReportArgs } from '../shared/report.args.js';
import { type FunnelTables, funnel } from './funnel.projection.js';
import { type FunnelMode, funnelOf } from './funnel.query.js';
import { Funnel } from './funnel.types.js';

const FunnelModes: { readonly [Mode in FunnelMode]: Mode } = { ANY: 'ANY', STRICT: 'STRICT', IMPLIED: 'IMPLIED' };

registerEnumType(FunnelModes, {
  name: 'FunnelMode',
  description: 'When an opportunity has reached a step (到达口径).',
  valuesMap: {
    ANY: { description: 'It was ever in that stage (曾到达).' },
    STRICT: { description: 'It was in all stages up to that one, in their order (严格顺序).' },
    IMPLIED: {
      description:
        'It was in that stage or a later one (隐含到达); a lost one counts up to the stage in which it was lost.',
    },
  },
});

@ArgsType()
class FunnelArgs extends ReportArgs {
  @Field(() => String, {
    nullable: true,
    description:
      'Id or exact name of the pipeline (销售流程). Left out: the only one with opportunities, otherwise `default`.',
  })
  pipeline?: string | null;

  @Field(() => DateRange, { description: 'The days of the first stage entry (进入漏斗日期).' })
  cohort: DateRange;

  @Field(() => FunnelModes, { defaultValue: 'IMPLIED', description: 'When a step counts as reached (到达口径).' })
  mode: FunnelMode;

  @Field(() => [FunnelDimension], {
    nullable: true,
    description: 'Break the figures down by these (分组维度), in this order.',
  })
  groupBy?: Dimension[] | null;
}

@Resolver()
export class FunnelResolver {
  constructor(private readonly reading: Reading) {}

  @Allow('funnel.read')
  @Query(() => Funnel, {
    description:
      'The pipeline funnel (销售漏斗) of a cohort: how many opportunities reached each step, were lost there and are still open ' +
      'there. Owner, team and region are those at the time of the first stage entry.',
  })
  async funnel(@Args() args: FunnelArgs, @Context() { viewer }: RequestContext): Promise<Funnel> {
    const question = {
      pipeline: args.pipeline,
      cohort: checkedRange(args.cohort, 'cohort'),
      mode: args.mode,
      groupBy: distinct(args.groupBy),
      knownOn: knowledgeOf(args),
    };
    const view = await this.reading.at<FunnelTables & OrganisationTables>(viewer, [funnel, organisation], args.atLeast);
    return funnelOf(view, question);
  }
}
