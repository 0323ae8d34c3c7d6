import { Field, ObjectType } from '@nestjs/graphql';
import { CohortFigures, FunnelGroup } from '../shared/cohort.types.js';

@ObjectType({
  description:
    'The pipeline funnel (销售漏斗): the opportunities (商机) whose first stage entry lies in the period, and how far they have come. ' +
    'Those that were lost stay in it.',
})
export class Funnel extends CohortFigures {
  @Field(() => String, { description: 'The pipeline (销售流程) that it is about.' })
  pipelineId: string;

  @Field(() => [FunnelGroup], {
    description: 'The same by group (分组); their sum is the whole. Empty without `groupBy`.',
  })
  groups: FunnelGroup[];
}
