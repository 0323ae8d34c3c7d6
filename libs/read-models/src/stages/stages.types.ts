import { Field, Float, Int, ObjectType } from '@nestjs/graphql';
import { Money } from '#platform/graphql/money.js';

@ObjectType({ description: 'A transition between stages (阶段流转) of a pipeline.' })
export class StageTransition {
  @Field(() => String, {
    nullable: true,
    description: 'Out of this stage (来自阶段), or `won` or `lost` for a reopening; `null`: out of none.',
  })
  from: string | null;

  @Field(() => String, { description: 'Into this stage (进入阶段), or `won` or `lost`.' })
  to: string;

  @Field(() => Int, { description: 'How often it happened (次数).' })
  count: number;
}

@ObjectType({ description: 'What stood in a stage at the end of a day (阶段存量).' })
export class StageStock {
  @Field(() => String, { description: 'The stage (阶段编码), or `won` or `lost`.' })
  stage: string;

  @Field(() => String, { description: 'Its name (阶段名称).' })
  name: string;

  @Field(() => Int, { description: 'How many opportunities were in it (数量).' })
  count: number;

  @Field(() => Money, {
    nullable: true,
    description: 'What they were expected to bring then (金额). `null` if there are several currencies.',
  })
  amount: Money | null;

  @Field(() => [Money], { description: 'The same by currency (分币种金额), always complete.' })
  amounts: Money[];
}

@ObjectType({ description: 'How long opportunities were in a stage (阶段停留时间).' })
export class StageTime {
  @Field(() => String, { description: 'The stage (阶段编码).' })
  stage: string;

  @Field(() => String, { description: 'Its name (阶段名称).' })
  name: string;

  @Field(() => Int, { description: 'How many of the cohort were ever in it (进入数).' })
  entered: number;

  @Field(() => Float, {
    nullable: true,
    description: 'Mean of the days (平均天数), re-entries of one opportunity added up. `null` of none.',
  })
  meanDays: number | null;

  @Field(() => Float, { nullable: true, description: 'Median of the days (中位天数). `null` of none.' })
  medianDays: number | null;
}
