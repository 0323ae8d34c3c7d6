import { describe, expect, it } from '@jest/globals';
import { buildSchema, execute, type GraphQLSchema, parse } from 'graphql';
import { withPortionedLists } from './portioned-lists.js';
import { Turns } from './turns.js';

const schema = () => buildSchema('type Lead { n: Int } type Query { leads: [Lead!]! later: [Lead]! numbers: [Int!]! }');
const leads = (count: number) => Array.from({ length: count }, (_, n) => ({ n }));
const root = { leads: leads(120), later: () => Promise.resolve([...leads(120), null]), numbers: [1, 2, 3] };

/** The answer, and how often others had their turn before it was there. */
async function answered(schema: GraphQLSchema, query: string) {
  let [turns, running] = [0, true];
  const others = () => {
    turns++;
    if (running) setImmediate(others);
  };
  const answer = execute({ schema, document: parse(query), rootValue: root });
  setImmediate(others);
  const { data, errors } = await answer;
  running = false;
  return { data: JSON.parse(JSON.stringify(data)) as unknown, errors, turns };
}

describe('A list that is answered', () => {
  it('in portions is the same list, and others have their turn in between', async () => {
    const { data, turns } = await answered(withPortionedLists(schema(), new Turns()), '{ leads { n } numbers }');
    expect(data).toEqual({ leads: leads(120), numbers: [1, 2, 3] });
    expect(turns).toBeGreaterThanOrEqual(2);
  });

  it('at once leaves nobody a turn: the control', async () => {
    const { data, turns } = await answered(schema(), '{ leads { n } numbers }');
    expect(data).toEqual({ leads: leads(120), numbers: [1, 2, 3] });
    expect(turns).toBe(0);
  });

  it('in portions may come later, and may have holes', async () => {
    const { data } = await answered(withPortionedLists(schema(), new Turns()), '{ later { n } }');
    expect(data).toEqual({ later: [...leads(120), null] });
  });

  it('shares the turns with all others: one portion at a time, of whatever list', async () => {
    const query = `{ ${['a', 'b', 'c'].map(name => `${name}: leads { n }`).join(' ')} }`;
    const { turns } = await answered(withPortionedLists(schema(), new Turns()), query);
    expect(turns).toBeGreaterThanOrEqual(6);
  });
});
