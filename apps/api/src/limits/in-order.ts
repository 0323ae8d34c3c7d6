import { defaultFieldResolver, type GraphQLSchema } from 'graphql';

/** Operations whose queries are asked one after the other: each is known by its context. */
export class InOrder {
  private readonly last = new WeakMap<object, Promise<unknown>>();

  /** Before the operation of this context is executed. */
  put(context: object): void {
    this.last.set(context, Promise.resolve());
  }

  /** The answer to a query; of an operation that was put in order once those before it are answered. */
  ask(context: object, query: () => unknown): unknown {
    const before = this.last.get(context);
    if (!before) return query();
    const answer = before.then(query);
    this.last.set(
      context,
      answer.catch(() => undefined),
    );
    return answer;
  }
}

/**
 * The schema in which an operation that was put in order has one question to the database at a time. GraphQL asks them all at once, and
 * then each takes a connection, a processor, and the memory of its rows.
 */
export function withQueriesInOrder(schema: GraphQLSchema, order: InOrder): GraphQLSchema {
  for (const field of Object.values(schema.getQueryType()?.getFields() ?? {})) {
    const { resolve = defaultFieldResolver } = field;
    field.resolve = (source, args, context, info) => order.ask(context, () => resolve(source, args, context, info));
  }
  return schema;
}
