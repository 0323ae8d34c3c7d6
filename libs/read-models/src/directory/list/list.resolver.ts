import type { Type } from '@nestjs/common';
import { Args, Context, ID, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { Position } from '#event-sourcing/event.js';
import { Allow } from '#platform/access/allow.js';
import type { RequestContext } from '#platform/access/request-context.js';
import { PositionScalar } from '#platform/graphql/scalars.js';
import { ListArgs } from '../../shared/connection.js';
import { Reading } from '../../shared/reading.js';
import { lookupNow } from '../lists.js';
import type { List, Sort } from './list.js';
import { listed } from './list.query.js';
import type { Node } from './lookup.js';

/** `leads(filter, sort, first, after, atLeast): LeadsConnection!` */
function listQuery(list: List): Type {
  @Resolver()
  class ListQuery {
    constructor(private readonly reading: Reading) {}

    @Allow(`${list.resource}.read`)
    @Query(() => list.connection, { name: list.name, description: list.description })
    async list(
      @Args() page: ListArgs,
      @Args('filter', { type: () => list.filter, nullable: true, description: 'Only those …; absent: all.' })
      filter: object | null,
      @Args('sort', { type: () => list.sort, nullable: true, description: 'In which order; absent: newest first.' })
      sort: Sort | null,
      @Context() { viewer }: RequestContext,
    ) {
      const { view, lookup } = await lookupNow(this.reading, viewer, page.atLeast);
      return listed(view, list, { filter, sort, page }, lookup);
    }
  }
  return ListQuery;
}

/** `lead(id, atLeast): Lead` */
function byIdQuery(list: List, name: string): Type {
  @Resolver()
  class ByIdQuery {
    constructor(private readonly reading: Reading) {}

    @Allow(`${list.resource}.read`)
    @Query(() => list.node, { name, nullable: true, description: 'The one of this id; null if there is none.' })
    async one(
      @Args('id', { type: () => ID, description: 'Its id.' }) id: string,
      @Args('atLeast', { type: () => PositionScalar, nullable: true, description: 'Wait until this is visible.' })
      atLeast: Position | null,
      @Context() { viewer }: RequestContext,
    ) {
      const { lookup } = await lookupNow(this.reading, viewer, atLeast);
      return lookup.load(list.name, id);
    }
  }
  return ByIdQuery;
}

/** `Lead.owner`, `Lead.campaign` …: the records that hang on a node, on any type that shows the node's row. */
export function referencesOf(node: Type, { references }: List): Type {
  @Resolver(() => node)
  class References {}
  const prototype = References.prototype as Record<string, unknown>;
  for (const [field, { column, table, type, description }] of Object.entries(references)) {
    prototype[field] = (parent: Node) => parent.lookup.load(table, parent[column]);
    Parent()(prototype, field, 0);
    Reflect.defineMetadata('design:paramtypes', [Object], prototype, field);
    const descriptor = Object.getOwnPropertyDescriptor(prototype, field)!;
    ResolveField(field, () => type(), { nullable: true, description })(prototype, field, descriptor);
  }
  return References;
}

/** Everything that a list answers. */
export const resolversOf = (list: List): Type[] => [
  listQuery(list),
  ...(list.one ? [byIdQuery(list, list.one)] : []),
  referencesOf(list.node, list),
];
