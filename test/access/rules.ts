import type { Type } from '@nestjs/common';
import { buildClientSchema, type GraphQLSchema, getIntrospectionQuery, type IntrospectionQuery } from 'graphql';
import { apiResolvers } from '#apps/api/src/api-resolvers.js';
import { commandResolvers } from '#crm/aggregate.module.js';
import { aggregates } from '#crm/aggregates.js';
import { ALLOW, type Rule } from '#platform/access/allow.js';
import { resolvers } from '#read-models/read-models.js';
import type { Running } from '#test/operations/running.js';

// Where Nest's decorators write which operation a method is.
const [KIND, NAME] = ['graphql:resolver_type', 'graphql:resolver_name'];
const ROOTS = ['Query', 'Mutation', 'Subscription'];

/** The rule of each operation by its name (`Mutation.captureLead`); undefined where somebody forgot it. */
export function rulesOf(
  types: readonly Type[] = [...commandResolvers(aggregates), ...resolvers, ...apiResolvers],
): ReadonlyMap<string, Rule | undefined> {
  const methods = types.flatMap(({ prototype }) =>
    Object.getOwnPropertyNames(prototype).map(name => prototype[name] as object),
  );
  return new Map(
    methods.flatMap(method => {
      const kind = Reflect.getMetadata(KIND!, method) as string | undefined;
      if (!kind || !ROOTS.includes(kind)) return [];
      const name = Reflect.getMetadata(NAME!, method) ?? (method as { name: string }).name;
      return [[`${kind}.${name}`, Reflect.getMetadata(ALLOW, method) as Rule | undefined] as const];
    }),
  );
}

/** The schema as the running API tells it. */
export async function schemaOf({ query }: Pick<Running, 'query'>): Promise<GraphQLSchema> {
  const { data } = await query(getIntrospectionQuery());
  return buildClientSchema(data as unknown as IntrospectionQuery);
}

/** `Query.leads`, `Mutation.captureLead` …: every operation of a schema. */
export function operationsOf(schema: GraphQLSchema): string[] {
  return [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].flatMap(root =>
    root ? Object.keys(root.getFields()).map(field => `${root.name}.${field}`) : [],
  );
}
