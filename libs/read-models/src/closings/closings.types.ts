import { Field, Float, Int, ObjectType } from '@nestjs/graphql';
import { Money } from '#platform/graphql/money.js';
import { GroupValue } from '../shared/groups.js';

@ObjectType({ description: 'How long the won opportunities took (销售周期), from the first stage entry to the win.' })
export class SalesCycle {
  @Field(() => Float, { nullable: true, description: 'Mean, in days (平均天数). `null` if nothing was won.' })
  meanDays: number | null;

  @Field(() => Float, { nullable: true, description: 'Median, in days (中位天数). `null` if nothing was won.' })
  medianDays: number | null;
}

@ObjectType({ description: 'What was won and lost (成交与丢单), by the day of closing.' })
export class Closing {
  @Field(() => String, {
    nullable: true,
    description: 'The period (期间): `2026-03`, `2026-Q1` or `2026`; `null` for the whole range.',
  })
  period: string | null;

  @Field(() => String, {
    description: 'The labels of the values, joined by ` / ` (分组名称); empty without `groupBy`.',
  })
  key: string;

  @Field(() => [GroupValue], { description: 'What it has in common (分组值). Namesakes differ by their ids.' })
  dimensions: GroupValue[];

  @Field(() => Int, { description: 'How many were won (赢单数).' })
  won: number;

  @Field(() => Int, { description: 'How many were lost (丢单数).' })
  lost: number;

  @Field(() => Float, {
    nullable: true,
    description: 'Win rate by close date (赢单率): won ÷ (won + lost). `null` if nothing was closed.',
  })
  winRate: number | null;

  @Field(() => Money, {
    nullable: true,
    description: 'What was won (成交金额). `null` if there are several currencies.',
  })
  amount: Money | null;

  @Field(() => [Money], { description: 'The same by currency (分币种金额), always complete.' })
  amounts: Money[];

  @Field(() => SalesCycle, { description: 'How long it took (销售周期).' })
  salesCycle: SalesCycle;
}
