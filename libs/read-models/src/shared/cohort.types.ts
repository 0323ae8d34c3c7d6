import { Field, Float, Int, ObjectType } from '@nestjs/graphql';
import { Money } from '#platform/graphql/money.js';
import { GroupValue } from './groups.js';

@ObjectType({ description: 'Why something was lost (丢单原因), and how often.' })
export class LossReason {
  @Field(() => String, { description: 'The reason (原因), as it was given; cut after 100 characters.' })
  reason: string;

  @Field(() => Int, { description: 'How many were lost for it (数量).' })
  count: number;
}

@ObjectType({ description: 'A step of a funnel (漏斗阶段).' })
export class FunnelStage {
  @Field(() => String, { description: 'Its code (阶段编码): an open stage of the pipeline, then `won`, then `paid`.' })
  stage: string;

  @Field(() => String, { description: 'Its name (阶段名称).' })
  name: string;

  @Field(() => Int, { description: 'How many reached it (到达数), each counted once, however often it came back.' })
  reached: number;

  @Field(() => Int, { description: 'How many were lost in it (流失数).' })
  lostHere: number;

  @Field(() => Int, { description: 'How many are in it and still open (在手数).' })
  openHere: number;

  @Field(() => Float, {
    nullable: true,
    description:
      'Step rate (转化率): reached in the next step ÷ reached in this one. `null` in the last step, or of none.',
  })
  stepRate: number | null;

  @Field(() => Float, {
    nullable: true,
    description: 'Cumulative rate (累计转化率): reached in this step ÷ reached in the first one. `null` of none.',
  })
  cumulativeRate: number | null;

  @Field(() => Money, {
    nullable: true,
    description: 'What those who reached it may bring, or brought (金额). `null` if there are several currencies.',
  })
  amount: Money | null;

  @Field(() => [Money], { description: 'The same by currency (分币种金额), always complete.' })
  amounts: Money[];

  @Field(() => [LossReason], { description: 'Why they were lost here (丢单原因), the most frequent reason first.' })
  lossReasons: LossReason[];
}

@ObjectType({ isAbstract: true })
export abstract class CohortFigures {
  @Field(() => [FunnelStage], { description: 'The steps in order (各阶段).' })
  stages: FunnelStage[];

  @Field(() => Int, { description: 'How many are in the cohort (总数).' })
  population: number;

  @Field(() => Int, { description: 'How many of the cohort are won (赢单数).' })
  won: number;

  @Field(() => Int, { description: 'How many of the cohort are lost (丢单数).' })
  lost: number;

  @Field(() => Float, {
    nullable: true,
    description: 'Win rate of the cohort (赢单率): won ÷ all. `null` for an empty cohort.',
  })
  winRate: number | null;
}

@ObjectType({ description: 'A funnel of a part of the cohort (分组漏斗).' })
export class FunnelGroup extends CohortFigures {
  @Field(() => String, { description: 'The labels of the values, joined by ` / ` (分组名称).' })
  key: string;

  @Field(() => [GroupValue], { description: 'What it has in common (分组值). Namesakes differ by their ids.' })
  dimensions: GroupValue[];
}
