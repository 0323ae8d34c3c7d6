import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { OperationsResolver } from '#apps/api/src/operations/operations.resolver.js';
import { type Permission, scopeOf } from '#platform/access/permissions.js';
import { anEvent, eventually, type Running, running } from '#test/operations/running.js';
import { found, people } from './company.js';
import { type Ask, as } from './reads/asking.js';
import { rulesOf } from './rules.js';

const SECRET = '王芳的秘密';
let api: Running;
beforeAll(async () => {
  api = await running();
  api.project();
  await found(api);
  // An event that no fold can take, of a kind that analysts may not read; and figures that differ from those of a rebuild.
  const talk = {
    interactionId: 'poison',
    customerId: 'customer-foreign',
    employeeId: 'zhou',
    happenedOn: '2026-03-02',
  };
  await api.system.store.append('interaction-poison', 'noStream', [
    anEvent('InteractionLogged', { ...talk, kind: { [SECRET]: SECRET }, content: SECRET }),
  ]);
  await eventually(
    () => api.query('{ deadLetters(name: "directory") { key } }'),
    ({ data }) => (data!.deadLetters as unknown[]).length > 0,
  );
  await api.system.database.pool.query('update lead_funnel.prospects set source = $1', [SECRET]);
  await api.query('mutation { rebuildProjection(name: "leadFunnel", swap: false) { name } }');
  await eventually(
    () => api.query('{ projections { name building { part } candidate { ready } } }'),
    ({ data }) => {
      const of = (data!.projections as { name: string; building: unknown; candidate: unknown }[]).find(
        ({ name }) => name === 'leadFunnel',
      );
      return Boolean(of && !of.building && of.candidate);
    },
  );
}, 60_000);
afterAll(() => api?.close());

/** Every operation of those who look after read models. */
const operations: Readonly<Record<string, string>> = {
  'Query.projectionDiff':
    '{ projectionDiff(name: "leadFunnel") { tables { table changed examples { key live candidate } } } }',
  'Query.deadLetters': '{ deadLetters { projection table key error event { type title reason data metadata } } }',
  'Query.skippedEvents': '{ skippedEvents { projection key reason error } }',
  'Mutation.rebuildProjection': 'mutation { rebuildProjection(name: "rfm", swap: false) { name lastError } }',
  'Mutation.swapProjection': 'mutation { swapProjection(name: "rfm") { name lastError } }',
  'Mutation.retryDeadLetter': 'mutation { retryDeadLetter(name: "directory") { replayed } }',
  'Mutation.skipDeadLetter':
    'mutation { skipDeadLetter(name: "directory", table: "none", key: "none", reason: "x") { type } }',
};

describe('Looking after read models', () => {
  it('is known to this test as a whole', () => {
    expect([...rulesOf([OperationsResolver]).keys()].sort()).toEqual(Object.keys(operations).sort());
  });

  it.each(people)('is refused to $role as the table says, and tells nothing then', async person => {
    const ask = await as(api, person);
    for (const [operation, document] of Object.entries(operations)) {
      const rule = rulesOf().get(operation) as Permission;
      if (scopeOf(person.role, rule)) continue;
      const answer = await ask(document);
      expect([operation, answer.data, answer.errors?.length]).toEqual([operation, null, 1]);
      expect(answer.errors?.[0]).toMatchObject({
        message: `You need the permission ${rule}.`,
        extensions: { code: 'FORBIDDEN' },
      });
    }
  });

  const contents = async (ask: Ask) =>
    JSON.stringify([
      await ask(operations['Query.deadLetters']!),
      await ask(operations['Query.projectionDiff']!),
      await ask('{ projections { name lastError candidate { lastError } } }'),
    ]);

  it('shows an analyst that something is stuck or differs, and nothing of what is in it', async () => {
    const ask = await as(api, people.find(({ role }) => role === 'analyst')!);
    const told = await contents(ask);
    expect(told).toContain('"key":"poison"');
    expect(told).toMatch(/"changed":[1-9]/);
    expect(told).not.toContain(SECRET);
  });

  it('shows an auditor all of it: the control', async () => {
    const ask = await as(api, people.find(({ role }) => role === 'auditor')!);
    expect(await contents(ask)).toContain(SECRET);
  });
});
