import type { Type } from '@nestjs/common';
import { Args, ArgsType, Context, Field, ID, Query, Resolver } from '@nestjs/graphql';
import type { Instant, Position } from '#event-sourcing/event.js';
import { Allow } from '#platform/access/allow.js';
import type { RequestContext } from '#platform/access/request-context.js';
import { InstantScalar, PositionScalar } from '#platform/graphql/scalars.js';
import { referencesOf } from '../directory/list/list.resolver.js';
import { lists } from '../directory/lists.js';
import { Reading } from '../shared/reading.js';
import { customerCard } from './card.query.js';
import { CustomerCard } from './card.type.js';

@ArgsType()
class CardArgs {
  @Field(() => ID, { nullable: true, description: 'The customer, by its id …' })
  id?: string | null;

  @Field(() => String, { nullable: true, description: '… or by its id in the system it was imported from.' })
  externalId?: string | null;

  @Field(() => InstantScalar, {
    nullable: true,
    description: 'As it was known then (截至时间): only what had been recorded by that instant.',
  })
  knownAt?: Instant | null;

  @Field(() => PositionScalar, { nullable: true, description: 'Wait until this position is visible.' })
  atLeast?: Position | null;
}

@Resolver()
export class CustomerCardResolver {
  constructor(private readonly reading: Reading) {}

  @Allow('customer.read')
  @Query(() => CustomerCard, {
    nullable: true,
    description: 'The customer card (客户卡片), now or as it was known at an earlier instant; null if there is none.',
  })
  customer(@Args() args: CardArgs, @Context() { viewer }: RequestContext) {
    return customerCard(this.reading, viewer, args);
  }
}

/** The card shows a customer's row, so the same records hang on it. */
export const customerCardResolvers: readonly Type[] = [
  CustomerCardResolver,
  referencesOf(CustomerCard, lists.customers),
];
