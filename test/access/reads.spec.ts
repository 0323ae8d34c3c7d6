import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type GraphQLSchema, isObjectType } from 'graphql';
import type { Permission, Resource } from '#platform/access/permissions.js';
import { scopeOf } from '#platform/access/permissions.js';
import { systemViewer } from '#platform/access/viewer.js';
import { lists } from '#read-models/directory/lists.js';
import { type Running, running } from '#test/operations/running.js';
import { as, leaksTo } from './reads/asking.js';
import { PARTS, shownBy } from './reads/judge.js';
import { type Question, questionsTo } from './reads/questions.js';
import { allowWholeDocuments } from './reads/whole-documents.js';
import { letInOthers, type Person, people, populate, reached, type Seeded } from './reads/world.js';
import { rulesOf, schemaOf } from './rules.js';

/** Some thousand questions: a few seconds for each person, and minutes on a machine that others use as well. */
const PATIENCE_MS = 240_000;

let api: Running;
let schema: GraphQLSchema;
let seeded: readonly Seeded[];
let questions: readonly (Question & { readonly rule: Permission })[];
beforeAll(async () => {
  allowWholeDocuments();
  api = await running();
  api.project();
  seeded = await populate(api);
  await letInOthers(api);
  schema = await schemaOf(api);
  const rules = rulesOf();
  questions = questionsTo(schema, seeded).map(question => ({
    ...question,
    rule: rules.get(question.operation) as Permission,
  }));
}, PATIENCE_MS);
afterAll(() => api?.close());

const personWith = (role: string) => people.find(person => person.role === role)!;

describe('Every query, with each of its arguments and all that hangs on its answer', () => {
  it.each(people)(
    'tells $role nothing of what is not theirs',
    async person => {
      // To whom everything is shown no argument can show more.
      const everything = scopeOf(person.role, 'events.read') && scopeOf(person.role, 'account.read');
      const asked = everything ? questions.filter(({ plain }) => plain) : questions;
      expect(await leaksTo(api, person, asked)).toEqual([]);
    },
    PATIENCE_MS,
  );

  it.each(people)('shows $role what is theirs', async person => {
    const ask = await as(api, person);
    for (const { name, resource } of Object.values(lists)) {
      const kind = seeded.filter(record => record.kind === name);
      if (kind.length === 0 || !scopeOf(person.role, `${resource}.read` as Permission)) continue;
      const { data } = await ask(`{ ${name}(first: 500) { totalCount nodes { id } } }`);
      const { totalCount, nodes } = data![name] as { totalCount: number; nodes: { id: string }[] };
      const theirs = kind.filter(record => isTheirs(person, resource, record)).map(({ id }) => id);
      expect({ name, ids: nodes.map(({ id }) => id).sort() }).toEqual({ name, ids: theirs.sort() });
      expect(totalCount).toBe(theirs.length);
    }
  });

  it.each(people)(
    'shows $role what is theirs behind any cursor, also one of somebody else',
    async person => {
      const [ask, all] = [await as(api, person), await as(api, personWith('administrator'))];
      for (const { name, resource } of Object.values(lists)) {
        const kind = seeded.filter(record => record.kind === name);
        if (kind.length === 0 || !scopeOf(person.role, `${resource}.read` as Permission)) continue;
        const { data } = await all(`{ ${name}(first: 500) { edges { cursor node { id } } } }`);
        const { edges } = data![name] as { edges: { cursor: string; node: { id: string } }[] };
        const isSeen = ({ node }: (typeof edges)[number]) =>
          kind.some(record => record.id === node.id && isTheirs(person, resource, record));
        for (const [place, { cursor }] of edges.entries()) {
          const page = await ask(`{ ${name}(first: 2, after: "${cursor}") { nodes { id } pageInfo { hasNextPage } } }`);
          const behind = edges.slice(place + 1).filter(isSeen);
          expect({ name, page: page.data?.[name] }).toEqual({
            name,
            page: { nodes: behind.slice(0, 2).map(({ node }) => node), pageInfo: { hasNextPage: behind.length > 2 } },
          });
        }
      }
    },
    PATIENCE_MS,
  );

  it(
    'finds the leaks of an API whose predicate is gone',
    async () => {
      const { reading } = api.system;
      const at = reading.at;
      // The control: the permission for the operation is still asked for, but all lines are shown.
      reading.at = (_, ...rest) => at.call(reading, systemViewer(), ...rest) as never;
      try {
        const plain = questions.filter(question => question.plain);
        const leaks = await leaksTo(api, personWith('salesperson'), plain);
        const leaking = new Set(
          questions
            .filter(({ document }) => leaks.some(leak => leak.includes(document.slice(0, 120))))
            .map(({ operation }) => operation),
        );
        expect([...leaking].length).toBeGreaterThan(15);
        expect(await leaksTo(api, personWith('external'), plain)).not.toEqual([]);
      } finally {
        Reflect.deleteProperty(reading, 'at');
      }
    },
    PATIENCE_MS,
  );
});

/** Owned by somebody whose records are reached, or of a customer whose owner's are. */
function isTheirs(person: Person, resource: Resource, { kind, owner, customerOwner }: Seeded): boolean {
  const whose = reached(person, `${resource}.read` as Permission);
  if (person.role === 'external') return whose.includes(customerOwner);
  return whose.includes(owner) || (kind !== 'leads' && whose.includes(customerOwner));
}

describe('A record of somebody else', () => {
  it('looks like one that does not exist', async () => {
    const ask = await as(api, personWith('salesperson'));
    for (const document of [
      '{ lead(id: "ID") { id } }',
      '{ customer(id: "ID") { id } }',
      '{ customer(id: "ID", knownAt: "2029-12-31T00:00:00.000Z") { id } }',
      '{ customer(externalId: "ID") { id } }',
      '{ opportunity(id: "ID") { id } }',
      '{ contract(id: "ID") { id } }',
      '{ payment(id: "ID") { id } }',
      '{ interaction(id: "ID") { id } }',
      '{ task(id: "ID") { id } }',
      '{ customerHistory(customerId: "ID") { totalCount } }',
    ]) {
      const kind = /\{ (lead|customer|opportunity|contract|payment|interaction|task)/.exec(document)![1]!;
      const theirs = document.includes('externalId') ? '@customer.read@zhou@' : `${kind}-zhou`;
      const [existing, missing] = [await ask(document.replace('ID', theirs)), await ask(document.replace('ID', 'no'))];
      expect(existing).toEqual(missing);
      expect(existing.errors?.[0]?.extensions.code).toBe(
        kind && document.includes('History') ? 'NOT_FOUND' : undefined,
      );
    }
  });
});

describe('A field that is hidden from a role', () => {
  it('is null', async () => {
    const interaction = await (await as(api, personWith('finance')))(
      '{ interaction(id: "interaction-zhou") { kind content result } }',
    );
    expect(interaction.data).toEqual({ interaction: { kind: 'CALL', content: null, result: null } });
    const card = await (await as(api, personWith('external')))(
      '{ customer(id: "customer-lin") { creditGrade creditTerms { creditGrade } totals { won { minor } received { minor } } } }',
    );
    expect(card.data).toEqual({
      customer: { creditGrade: null, creditTerms: null, totals: [{ won: null, received: { minor: 3_000_000 } }] },
    });
  });

  it('cannot be filtered or sorted by, whatever the data', async () => {
    const [finance, external] = [await as(api, personWith('finance')), await as(api, personWith('external'))];
    const refusals = [
      await finance('{ interactions(filter: { search: "no such text" }) { totalCount } }'),
      await finance('{ interactions(filter: { search: "@" }) { totalCount } }'),
      await external('{ opportunities(sort: { by: AMOUNT }) { totalCount } }'),
      await external('{ opportunities(filter: { amount: { currency: "CNY", from: 1 } }) { totalCount } }'),
      await external('{ opportunities(filter: { lossReason: ["x"] }) { totalCount } }'),
      await external('{ customers(filter: { creditGrade: ["A"] }) { totalCount } }'),
    ];
    expect(refusals.map(({ data, errors }) => [data, errors?.[0]?.extensions.code])).toEqual(
      refusals.map(() => [null, 'FORBIDDEN']),
    );
  });
});

describe('The schema', () => {
  it('has no type of which nobody has said by which permission it is shown', () => {
    const told = new Set(['Query', 'Mutation', 'Subscription', 'Receipt']);
    const types = Object.values(schema.getTypeMap()).filter(type => isObjectType(type) && !type.name.startsWith('__'));
    const forgotten = types.filter(({ name }) => !told.has(name) && !(name in shownBy) && !PARTS.test(name));
    expect(forgotten.map(({ name }) => name)).toEqual([]);
  });
});
