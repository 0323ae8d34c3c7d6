import { Field, Float, Int, ObjectType } from '@nestjs/graphql';
import { Money } from '#platform/graphql/money.js';
import { CohortFigures, FunnelGroup } from '../shared/cohort.types.js';

@ObjectType({
  description:
    'Opportunities that no lead was converted to (直接商机), of those opened in the period. They are in none of the figures of the leads.',
})
export class DirectOpportunities {
  @Field(() => Int, { description: 'How many were opened (商机数).' })
  opportunities: number;

  @Field(() => Int, { description: 'How many of them are still open (在手数).' })
  open: number;

  @Field(() => Int, { description: 'How many of them are won (成单数).' })
  won: number;

  @Field(() => Int, { description: 'How many of them are lost (丢单数).' })
  lost: number;

  @Field(() => Int, { description: 'How many of them are paid in full (回款数).' })
  paid: number;

  @Field(() => Float, { nullable: true, description: 'Won ÷ all of them (赢单率). `null` if there are none.' })
  winRate: number | null;

  @Field(() => Money, {
    nullable: true,
    description: 'What they may bring, or brought (金额). `null` if there are several currencies.',
  })
  amount: Money | null;

  @Field(() => [Money], { description: 'The same by currency (分币种金额), always complete.' })
  amounts: Money[];
}

@ObjectType({
  description:
    'The lead funnel (线索漏斗): the leads captured in the period, and how far they have come: captured, qualified, converted, won, paid. ' +
    'A converted lead counts as qualified; a disqualified one is lost where it was, a converted one whose opportunity was lost, as converted.',
})
export class LeadFunnel extends CohortFigures {
  @Field(() => [FunnelGroup], {
    description: 'The same by group (分组); their sum is the whole. Empty without `groupBy`.',
  })
  groups: FunnelGroup[];

  @Field(() => DirectOpportunities, { description: 'Beside the leads: opportunities without one (直接商机).' })
  direct: DirectOpportunities;
}
