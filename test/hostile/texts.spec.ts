import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Production, production } from './production.js';
import { type TextPlace, textPlaces } from './texts.js';

/** Fields of commands that take a text of any length up to the longest. */
const LONG = ['content', 'description', 'result'];

let api: Production;
let authorization: string;
const places = textPlaces().filter(({ root }) => root !== 'subscription');
beforeAll(async () => {
  api = await production();
  authorization = `Bearer ${await api.token()}`;
});
afterAll(() => api?.close());

interface GraphqlAnswer {
  readonly errors?: readonly {
    readonly extensions: { readonly code: string; readonly field?: string; readonly allowed?: unknown };
  }[];
}

/** The places where that text was let through, or was refused in another way. */
async function taking(text: string, those: readonly TextPlace[]): Promise<string[]> {
  const wrong: string[] = [];
  const before = await api.system.store.head();
  for (const place of those) {
    const { errors } = JSON.parse((await api.send(place.holding(text), authorization)).text) as GraphqlAnswer;
    const { extensions } = errors?.[0] ?? {};
    if (extensions?.code !== 'BAD_USER_INPUT' || extensions.field !== place.field || !extensions.allowed)
      wrong.push(`${place.name}: ${JSON.stringify(extensions)}`);
  }
  expect(await api.system.store.head()).toBe(before);
  return wrong;
}

describe('Every text that a client may send', () => {
  it('was found in the schema', () => {
    expect(places.length).toBeGreaterThan(250);
    expect(places.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'captureLead(input.name)',
        'leads(filter.ids.0)',
        'leads(after)',
        'rfm.customers(segment)',
      ]),
    );
  });

  it('has a length', async () => {
    expect(await taking('x'.repeat(10_001), places)).toEqual([]);
  });

  it('holds no control characters', async () => {
    expect(await taking('a\u0007b', places)).toEqual([]);
    expect(await taking('half of one \ud83d', places)).toEqual([]);
  });

  it('has a length of its own, if it is a field of a command', async () => {
    const short = places.filter(({ root, field }) => root === 'mutation' && !LONG.includes(field));
    expect(await taking('x'.repeat(1_001), short)).toEqual([]);
  });

  it('is taken where it is plain: the control', async () => {
    const name = places.find(place => place.name === 'captureLead(input.name)')!;
    const { text } = await api.send(name.holding('x'.repeat(200)), authorization);
    expect(JSON.parse(text)).toEqual({ data: { captureLead: { __typename: 'Receipt' } } });
  });
});
