import { Field, Float, ID, Int, ObjectType } from '@nestjs/graphql';
import type { Day } from '#event-sourcing/event.js';
import { Money } from '#platform/graphql/money.js';
import { DayScalar } from '#platform/graphql/scalars.js';
import { connectionOf } from '../shared/connection.js';
import { RfmBasis, RfmMethod } from './rfm.methods.js';

const SCORE = 'higher is better; up to 5 (QUINTILE), 4 (QUARTILE) or 2 (FIXED)';

@ObjectType({ description: 'A customer with scores (客户价值评分).' })
export class RfmCustomer {
  @Field(() => ID, { description: 'The customer.' })
  customerId: string;

  @Field(() => String, { nullable: true, description: 'The id in the system that the customer was imported from.' })
  externalId: string | null;

  @Field(() => String, { nullable: true, description: 'Today’s name of the customer (客户名称).' })
  name: string | null;

  @Field(() => Int, { description: 'R: whole days from the last transaction to `asOf` (最近一次交易距今天数).' })
  recencyDays: number;

  @Field(() => Int, { description: 'F: number of transactions (交易次数).' })
  frequency: number;

  @Field(() => Money, { description: 'M: sum of the transactions (交易总额).' })
  monetary: Money;

  @Field(() => Int, { description: `Score of recency (R 分), ${SCORE}: few days are good.` })
  r: number;

  @Field(() => Int, { description: `Score of frequency (F 分), ${SCORE}.` })
  f: number;

  @Field(() => Int, { description: `Score of the amount (M 分), ${SCORE}.` })
  m: number;

  @Field(() => String, { description: 'High (1) or low (0) in R, F and M: one of the eight cells (八类客户), `101`.' })
  cell: string;

  @Field(() => String, { description: 'The first segment (客户分群) whose bounds the scores meet.' })
  segment: string;
}

export const RfmCustomersConnection = connectionOf(RfmCustomer, 'RfmCustomers');

@ObjectType({ isAbstract: true })
abstract class RfmGroup {
  @Field(() => Int, { description: 'Number of customers (客户数).' })
  customers: number;

  @Field(() => Int, { description: 'Number of their transactions (交易次数).' })
  transactions: number;

  @Field(() => Money, { description: 'Sum of their transactions (交易总额).' })
  amount: Money;
}

@ObjectType({ description: 'A segment (客户分群): customers with similar scores. Each customer is in exactly one.' })
export class RfmSegment extends RfmGroup {
  @Field(() => String, { description: 'The segment, `Champions`.' })
  segment: string;

  @Field(() => String, { description: 'Its Chinese name, 冠军客户.' })
  name: string;
}

@ObjectType({ description: 'One of the eight cells (八类客户). Each customer is in exactly one.' })
export class RfmCell extends RfmGroup {
  @Field(() => String, { description: 'High (1) or low (0) in R, F and M, in this order.' })
  cell: string;

  @Field(() => String, { description: 'Its customary name, 重要价值客户.' })
  name: string;

  @Field(() => String, { nullable: true, description: 'Another customary name: 潜力培育客户 for 010.' })
  alias?: string;
}

@ObjectType({
  description:
    'Where the scores change (分割点), ascending. A value up to a cut belongs below it; a threshold of FIXED to the better side.',
})
export class RfmCuts {
  @Field(() => [Float], { description: 'Of recency, in days.' })
  r: readonly number[];

  @Field(() => [Float], { description: 'Of frequency.' })
  f: readonly number[];

  @Field(() => [Float], { description: 'Of the amount, in minor units (分 for CNY).' })
  m: readonly number[];
}

@ObjectType({ description: 'Means over all customers (均值), null without any.' })
export class RfmMeans {
  @Field(() => Float, { nullable: true, description: 'Of recency, in days.' })
  recencyDays: number | null;

  @Field(() => Float, { nullable: true, description: 'Of frequency.' })
  frequency: number | null;

  @Field(() => Float, { nullable: true, description: 'Of the amount, in minor units (分 for CNY).' })
  monetary: number | null;
}

@ObjectType({
  description:
    'Customers by recency, frequency and monetary value (RFM, 客户价值分析). Only customers with transactions are in it.',
})
export class RfmReport {
  @Field(() => DayScalar, { description: 'The day of the report (统计日期): later transactions don’t count.' })
  asOf: Day;

  @Field(() => RfmMethod, { description: 'How customers were scored.' })
  method: RfmMethod;

  @Field(() => RfmBasis, { description: 'What was counted.' })
  basis: RfmBasis;

  @Field(() => String, { description: 'The currency of all amounts.' })
  currency: string;

  @Field(() => [RfmSegment], { description: 'All segments in the order in which they are tried, also empty ones.' })
  segments: RfmSegment[];

  @Field(() => [RfmCell], { description: 'All eight cells, also empty ones.' })
  cells: RfmCell[];

  @Field(() => RfmCuts, { description: 'Where the scores change.' })
  cuts: RfmCuts;

  @Field(() => RfmMeans, { description: 'Means; with the quantile methods, high in a cell is better than the mean.' })
  means: RfmMeans;
}
