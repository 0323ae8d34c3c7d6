import { Field, ID, Int, ObjectType } from '@nestjs/graphql';
import type { Day } from '#event-sourcing/event.js';
import { Money } from '#platform/graphql/money.js';
import { DayScalar } from '#platform/graphql/scalars.js';
import { lazily } from '../shared/lazily.js';
import { MAX_NAMES } from './sales-daily.report.js';

@ObjectType({ description: 'A number of payments or contracts, and what they come to.' })
export class SalesAmount {
  @Field(() => Int, { description: 'How many (笔数).' })
  count: number;

  @Field(() => Money, { nullable: true, description: 'Their sum (金额), null where several currencies occur.' })
  amount: Money | null;

  @Field(() => [Money], { description: 'Their sums by currency (分币种金额).' })
  amounts: Money[];
}

@ObjectType({ description: 'Customers registered (新增客户).' })
export class SalesNewCustomers {
  @Field(() => Int, { description: 'How many (数量).' })
  count: number;

  @Field(() => [String], {
    middleware: [lazily],
    description: `Their names (客户名称) in alphabetical order, at most ${MAX_NAMES}.`,
  })
  names: string[];
}

@ObjectType({ description: 'Contacts with customers of one kind (联系记录).' })
export class SalesInteractions {
  @Field(() => String, { description: 'VISIT (拜访), CALL (电话), EMAIL, MEETING (会议), MESSAGE or OTHER.' })
  kind: string;

  @Field(() => Int, { description: 'How many (次数).' })
  count: number;
}

@ObjectType({ description: 'A salesperson (销售人员).' })
export class SalesPerson {
  @Field(() => ID, { description: 'The employee.' })
  id: string;

  @Field(() => String, { nullable: true, description: 'The name (姓名).' })
  name: string | null;
}

@ObjectType({ description: 'A team (团队).' })
export class SalesTeam {
  @Field(() => ID, { description: 'The team.' })
  id: string;

  @Field(() => String, { nullable: true, description: 'Its name (团队名称).' })
  name: string | null;
}

@ObjectType({ description: 'What was sold and done (销售业绩与活动).' })
export class SalesFigures {
  @Field(() => SalesAmount, {
    description:
      'Payments received (回款) by day of payment. A reversed payment leaves that day, as if it had never been received.',
  })
  receipts: SalesAmount;

  @Field(() => SalesAmount, {
    description: 'Contracts signed (签约合同) by day of signing; they stay there if they are terminated later.',
  })
  contractsSigned: SalesAmount;

  @Field(() => SalesNewCustomers, {
    description: 'Customers registered (新增客户); they count for the owner at registration, whoever takes over later.',
  })
  newCustomers: SalesNewCustomers;

  @Field(() => [SalesInteractions], {
    description: 'Visits, calls and other contacts (联系记录) by kind, without those retracted; only kinds that occur.',
  })
  interactions: SalesInteractions[];

  @Field(() => Int, { description: 'Tasks accepted (参与任务).' })
  tasksTaken: number;

  @Field(() => Int, { description: 'Tasks completed (完成任务).' })
  tasksCompleted: number;

  @Field(() => Int, {
    description: 'Leads captured (新增线索); they count for the owner at capture, otherwise for nobody in particular.',
  })
  newLeads: number;

  @Field(() => Int, { description: 'Opportunities opened (新增商机); they count for the owner at opening.' })
  newOpportunities: number;
}

@ObjectType({ description: 'A salesperson’s day (销售日报).' })
export class SalesDailyRow extends SalesFigures {
  @Field(() => DayScalar, { description: 'The business day (日期).' })
  day: Day;

  @Field(() => SalesPerson, {
    nullable: true,
    description: 'The salesperson (销售人员); null for what belongs to nobody in particular.',
  })
  employee: SalesPerson | null;
}

@ObjectType({ description: 'A day of all salespeople of the report (日合计).' })
export class SalesDailyDay extends SalesFigures {
  @Field(() => DayScalar, { description: 'The business day (日期).' })
  day: Day;
}

@ObjectType({ description: 'The period of a team (团队合计): of everybody for the days on which they were in it.' })
export class SalesDailyTeam extends SalesFigures {
  @Field(() => SalesTeam, { nullable: true, description: 'The team (团队); null for those who are in none.' })
  team: SalesTeam | null;
}

@ObjectType({
  description:
    'The sales daily report (销售日报). Its rows add up to the days, to the teams, and to the totals: nothing is left out.',
})
export class SalesDailyReport {
  @Field(() => [SalesDailyRow], {
    middleware: [lazily],
    description:
      'One per day and salesperson who was with the company on that day, also without activity; and one for everybody else with figures.',
  })
  rows: SalesDailyRow[];

  @Field(() => [SalesDailyDay], {
    middleware: [lazily],
    description: 'The sums by day (按日合计), of every day of the period.',
  })
  days: SalesDailyDay[];

  @Field(() => [SalesDailyTeam], {
    middleware: [lazily],
    description: 'The sums by team (按团队合计), teams as they were on the day.',
  })
  teams: SalesDailyTeam[];

  @Field(() => SalesFigures, { middleware: [lazily], description: 'The sum of all (合计).' })
  totals: SalesFigures;
}
