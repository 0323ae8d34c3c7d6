import type { Type } from '@nestjs/common';
import { ArgsType, Field, Int, ObjectType, registerEnumType } from '@nestjs/graphql';
import type { Position } from '#event-sourcing/event.js';
import { refuse } from '#event-sourcing/refusal.js';
import { PositionScalar } from '#platform/graphql/scalars.js';
import type { Paged, Slice } from './keyset.js';
import { lazily } from './lazily.js';

export const DEFAULT_PAGE_SIZE = 50;
export const MAX_PAGE_SIZE = 500;

export enum SortDirection {
  ASC = 'ASC',
  DESC = 'DESC',
}
registerEnumType(SortDirection, {
  name: 'SortDirection',
  description: 'Which end comes first (排序方向). Rows without a value come last either way.',
  valuesMap: { ASC: { description: 'Smallest first (升序).' }, DESC: { description: 'Largest first (降序).' } },
});

/** Which part of a list: `@Args() page: PageArgs`. Give it to `sliceOf` before use. */
@ArgsType()
export class PageArgs {
  @Field(() => Int, {
    nullable: true,
    defaultValue: DEFAULT_PAGE_SIZE,
    description: `How many at most (每页条数), up to ${MAX_PAGE_SIZE}.`,
  })
  first?: number | null;

  @Field(() => String, { nullable: true, description: 'The cursor (游标) behind which to go on: an `endCursor`.' })
  after?: string | null;
}

/** With `atLeast`, which every query takes. */
@ArgsType()
export class ListArgs extends PageArgs {
  @Field(() => PositionScalar, {
    nullable: true,
    description: 'Wait until everything up to this position, which a mutation answered, is visible.',
  })
  atLeast?: Position | null;
}

/**
 * The slice that a client asks for; checked here, because a limit in the schema does not see variables.
 * @throws Refusal BAD_USER_INPUT naming the maximum.
 */
export function sliceOf({ first, after }: PageArgs): Slice {
  const size = first ?? DEFAULT_PAGE_SIZE;
  if (!Number.isInteger(size) || size < 0 || size > MAX_PAGE_SIZE)
    throw refuse('BAD_USER_INPUT', `A page holds at most ${MAX_PAGE_SIZE} entries, not ${size}.`, {
      field: 'first',
      allowed: `0 to ${MAX_PAGE_SIZE}`,
    });
  return { first: size, after };
}

@ObjectType({ description: 'Where a page stands in its list (分页信息).' })
export class PageInfo {
  @Field(() => Boolean, { description: 'Whether more follow (有下一页).' })
  hasNextPage: boolean;

  @Field(() => Boolean, { description: 'Whether the page was asked for behind a cursor (有上一页).' })
  hasPreviousPage: boolean;

  @Field(() => String, { nullable: true, description: 'Cursor of the first entry; null for an empty page.' })
  startCursor: string | null;

  @Field(() => String, { nullable: true, description: 'Cursor of the last entry: pass it as `after` to go on.' })
  endCursor: string | null;
}

/** A page as GraphQL shows it. `totalCount` is called only if it is selected. */
export interface Connection<Node> {
  readonly edges: readonly { readonly cursor: string; readonly node: Node }[];
  readonly nodes: readonly Node[];
  readonly pageInfo: PageInfo;
  readonly totalCount: () => number | Promise<number>;
}

/**
 * The Relay connection type of a node, made once per list: `connectionOf(Customer, 'Customers')` → `CustomersConnection` with
 * `CustomersEdge`.
 */
export function connectionOf<Node>(node: Type<Node>, name: string): Type<Connection<Node>> {
  @ObjectType(`${name}Edge`, { description: 'An entry of a list with its cursor.' })
  class Edge {
    @Field(() => String, { description: 'Its place in the list (游标), for `after`.' })
    cursor: string;

    @Field(() => node, { description: 'The entry itself.' })
    node: Node;
  }

  @ObjectType(`${name}Connection`, { description: 'A page of a list (分页).' })
  class ConnectionType {
    @Field(() => [Edge], { description: 'The entries with their cursors.' })
    edges: Edge[];

    @Field(() => [node], { description: 'The entries alone.' })
    nodes: Node[];

    @Field(() => PageInfo, { description: 'Where the page stands.' })
    pageInfo: PageInfo;

    @Field(() => Int, {
      description: 'How many there are on all pages (总数), exactly; counted only when asked for.',
      middleware: [lazily],
    })
    totalCount: number;
  }
  return ConnectionType as unknown as Type<Connection<Node>>;
}

/** The connection over a page. */
export function connection<Row, Node>(
  { lines, hasNextPage, hasPreviousPage }: Paged<Row>,
  nodeOf: (row: Row) => Node,
  totalCount: () => number | Promise<number>,
): Connection<Node> {
  const edges = lines.map(({ cursor, row }) => ({ cursor, node: nodeOf(row) }));
  return {
    edges,
    nodes: edges.map(({ node }) => node),
    pageInfo: {
      hasNextPage,
      hasPreviousPage,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
    totalCount,
  };
}
