import type { Type } from '@nestjs/common';
import { Args, ArgsType, Context, Field, ID, Query, Resolver } from '@nestjs/graphql';
import type { Instant } from '#event-sourcing/event.js';
import { Allow } from '#platform/access/allow.js';
import type { RequestContext } from '#platform/access/request-context.js';
import { InstantScalar } from '#platform/graphql/scalars.js';
import { connectionOf, ListArgs } from '../shared/connection.js';
import { Reading } from '../shared/reading.js';
import { HistoryEntry } from './history.entry.js';
import { customerHistory } from './history.query.js';

const HistoryConnection = connectionOf(HistoryEntry, 'CustomerHistory');

@ArgsType()
class HistoryArgs extends ListArgs {
  @Field(() => ID, { description: 'The customer (客户).' })
  customerId: string;

  @Field(() => InstantScalar, {
    nullable: true,
    description: 'As it was known then (截至时间): only what had been recorded by that instant.',
  })
  knownAt?: Instant | null;
}

@Resolver()
export class HistoryResolver {
  constructor(private readonly reading: Reading) {}

  @Allow('history.read')
  @Query(() => HistoryConnection, {
    description:
      'Everything that happened with a customer (客户历史), oldest first: its own events and those of the lead that it was, its opportunities, contracts, payments, interactions and tasks.',
  })
  customerHistory(@Args() args: HistoryArgs, @Context() { viewer }: RequestContext) {
    const addresses = viewer.may('accessLog.read');
    return customerHistory(this.reading, viewer, { ...args, addresses }, args);
  }
}

export const historyResolvers: readonly Type[] = [HistoryResolver];
