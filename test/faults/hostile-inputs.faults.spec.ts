import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { RegisterCustomer } from '#crm/customer/customer.commands.js';
import { CaptureLead } from '#crm/lead/lead.commands.js';
import { cursors, disguised, texts, values } from '#test/hostile/odd.js';
import { asked, type Production, production, type Sent } from '#test/hostile/production.js';
import { textPlaces } from '#test/hostile/texts.js';
import { eventually } from '#test/operations/running.js';
import { Chance, PATIENCE_MS, report, trials } from './trials.js';

const runs = trials({ short: 200, full: 2_500 });
const chance = new Chance();
const NAMES = ['甲', '乙', '丙', 'Café'];

let api: Production;
let authorization: string;
beforeAll(async () => {
  api = await production();
  authorization = `Bearer ${await api.token()}`;
  const sender = { actor: { id: 'seed', role: 'system' } };
  for (const name of NAMES) await api.system.executor.send(CaptureLead, { name, source: name }, sender);
  await api.system.executor.send(RegisterCustomer, { customerId: 'c1', name: '甲' }, sender);
  api.project();
  await eventually(
    () => total('{ leads { totalCount } }'),
    count => count === NAMES.length,
  );
});
afterAll(() => api?.close());

interface Answer {
  readonly status: number;
  readonly data?: Readonly<Record<string, { totalCount: number }>> | null;
  readonly errors?: readonly { readonly extensions?: { readonly code?: string; readonly field?: string } }[];
}

async function answered(sent: Sent): Promise<Answer> {
  const { status, text } = await api.send(sent, authorization);
  return { ...(JSON.parse(text) as object), status };
}

const total = async (query: string, variables?: object) =>
  (await answered(asked(query, variables))).data?.leads?.totalCount;

let [tried, bugs] = [0, 0];
/** A client's doing has a code of its own; a bug of ours would be a status from 500 or a reference. */
function expectHarmless({ status, errors = [] }: Answer): void {
  tried++;
  const codes = errors.map(({ extensions }) => extensions?.code ?? 'none');
  if (status >= 500 || codes.some(code => !/^(?!INTERNAL)[A-Z_]+$/.test(code))) bugs++;
  expect({ status, codes, bugs }).toMatchObject({ bugs: 0 });
}

/** Tries so many; what fails is made small and printed with its seed. */
const always = <T>(odd: fc.Arbitrary<T>, holds: (value: T) => Promise<void>) =>
  fc.assert(fc.asyncProperty(odd, holds), { numRuns: runs, seed: chance.seed, interruptAfterTimeLimit: PATIENCE_MS });

// Before anything odd is stored.
describe('A text that was made to be SQL, a pattern or a part of an object', () => {
  it.each(disguised)('is looked for as it stands: %s', async search => {
    const query =
      'query ($search: String, $source: [String!]) { leads(filter: { search: $search, source: $source }) { totalCount } }';
    expect(await total(query, { search })).toBe(0);
    expect(await total(query, { source: [search] })).toBe(0);
  });

  it.each(['Caf\u00e9', 'Cafe\u0301', 'cAF\u00c9'])(
    'and finds what it names, however it is spelled: %s',
    async search => {
      expect(
        await total('query ($search: String) { leads(filter: { search: $search }) { totalCount } }', { search }),
      ).toBe(1);
    },
  );
});

describe('Whatever a client puts into a request is answered or refused, and is no bug', () => {
  const places = textPlaces().filter(({ root }) => root !== 'subscription');

  it(
    'any text at any place of the schema',
    () =>
      always(fc.tuple(fc.constantFrom(...places), texts), async ([place, text]) =>
        expectHarmless(await answered(place.holding(text))),
      ),
    PATIENCE_MS,
  );

  it(
    'any value for a variable of any type',
    () => {
      const query =
        'query ($filter: LeadsFilter, $sort: LeadsSort, $first: Int, $after: String, $atLeast: Position) { leads(filter: $filter, sort: $sort, first: $first, after: $after, atLeast: $atLeast) { totalCount } }';
      const keys = ['filter', 'sort', 'first', 'after'];
      const filters = fc.dictionary(
        fc.constantFrom('search', 'ids', 'ownerId', 'status', 'createdOn', '__proto__', 'constructor'),
        values,
      );
      const sorts = fc.record({
        by: fc.oneof(fc.constant('NAME'), values),
        direction: fc.oneof(fc.constant('ASC'), values),
      });
      const variables = fc.oneof(
        fc.dictionary(fc.constantFrom(...keys), values),
        fc.record({ filter: filters, sort: sorts }, { requiredKeys: [] }),
      );
      return always(variables, async odd => expectHarmless(await answered(asked(query, odd))));
    },
    PATIENCE_MS,
  );

  it(
    'any body',
    () => {
      const bodies = fc.oneof(
        fc.json(),
        texts,
        fc
          .record({ query: values, variables: values, operationName: values, extensions: values })
          .map(body => JSON.stringify(body)),
      );
      const headers = { 'content-type': 'application/json' };
      return always(bodies, async body => expectHarmless(await answered({ headers, body })));
    },
    PATIENCE_MS,
  );

  it(
    'any cursor, forged or of another list: it is refused, unless it is one',
    () => {
      const query = 'query ($after: String) { leads(sort: { by: NAME }, after: $after) { totalCount nodes { id } } }';
      const history =
        'query ($after: String) { customerHistory(customerId: "c1", after: $after) { nodes { id: type } } }';
      return always(fc.tuple(fc.constantFrom(query, history), cursors), async ([document, after]) => {
        const answer = await answered(asked(document, { after }));
        expectHarmless(answer);
        for (const { extensions } of answer.errors ?? [])
          expect(extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'after' });
      });
    },
    PATIENCE_MS,
  );
});

describe('A bug', () => {
  it('is told from a refusal: the control', async () => {
    const { pool } = api.system.database;
    await pool.query('alter table directory.leads rename to leads_gone');
    const answer = await answered(asked('{ leads { nodes { id } } }'));
    await pool.query('alter table directory.leads_gone rename to leads');
    expect(() => expectHarmless(answer)).toThrow();
    bugs--;
  });
});

describe('All of it', () => {
  it('has done no harm after all', async () => {
    const { rows } = await api.system.database.pool.query(
      'select count(*) from directory.leads where source = any($1)',
      [NAMES],
    );
    expect(rows).toEqual([{ count: NAMES.length }]);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    report('hostile inputs', chance, { tried, bugs });
  });
});
