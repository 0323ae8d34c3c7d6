import { describe, expect, it } from '@jest/globals';
import { buildSchema, execute, parse } from 'graphql';
import { InOrder, withQueriesInOrder } from './in-order.js';

/** The answer to three queries, of which the second fails, and in which order they began (`a`) and ended (`/a`). */
async function asked(isOrdered: boolean) {
  const order = new InOrder();
  const context = {};
  if (isOrdered) order.put(context);
  const seen: string[] = [];
  const query = (name: string, answer: () => number) => async () => {
    seen.push(name);
    await new Promise(setImmediate);
    seen.push(`/${name}`);
    return answer();
  };
  const rootValue = {
    a: query('a', () => 1),
    b: query('b', () => {
      throw new Error('not b');
    }),
    c: query('c', () => 3),
  };
  const schema = withQueriesInOrder(buildSchema('type Query { a: Int b: Int c: Int }'), order);
  const { data, errors } = await execute({ schema, document: parse('{ a b c }'), rootValue, contextValue: context });
  return { data: { ...data }, errors: errors?.map(({ message }) => message), seen };
}

const answer = { data: { a: 1, b: null, c: 3 }, errors: ['not b'] };

describe('The queries of an operation', () => {
  it('that was put in order are asked one after the other, also behind one that fails', async () => {
    expect(await asked(true)).toEqual({ ...answer, seen: ['a', '/a', 'b', '/b', 'c', '/c'] });
  });

  it('that was not are asked all at once', async () => {
    expect(await asked(false)).toEqual({ ...answer, seen: ['a', 'b', 'c', '/a', '/b', '/c'] });
  });
});
