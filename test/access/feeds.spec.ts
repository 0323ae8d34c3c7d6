import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { HireEmployee } from '#crm/employee/employee.commands.js';
import { type Permission, scopeOf } from '#platform/access/permissions.js';
import { type Running, running } from '#test/operations/running.js';
import { tokenOf } from './company.js';
import { leaksIn } from './reads/judge.js';
import { letInOthers, type Person, people, populate } from './reads/world.js';
import { operationsOf, rulesOf, schemaOf } from './rules.js';

let api: Running;
beforeAll(async () => {
  api = await running();
  api.project();
  await populate(api);
  await letInOthers(api);
  // Of this event everybody may know who reads the log at all.
  const last = { employeeId: 'last', name: 'last', email: 'last@corp.example' };
  await api.system.executor.send(HireEmployee, last, { actor: { id: 'seed', role: 'system' } });
}, 60_000);
afterAll(() => api?.close());

/** What each subscription is asked for, and which of its answers is the last one. */
const feeds: Readonly<Record<string, { readonly query: string; readonly isLast: (answer: string) => boolean }>> = {
  'Subscription.events': {
    query: '{ events(after: "0") { stream type title reason data metadata } }',
    isLast: answer => answer.includes('last@corp.example'),
  },
  'Subscription.projectionAdvanced': { query: '{ projectionAdvanced { name position } }', isLast: () => true },
};

/** Everything that a subscription tells somebody, or the code of its refusal. */
async function told(operation: string, { email }: Person): Promise<readonly unknown[] | string> {
  const { query, isLast } = feeds[operation]!;
  const client = createClient({
    url: `${api.origin.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${await tokenOf(api, email)}` },
    retryAttempts: 0,
  });
  const found: unknown[] = [];
  try {
    for await (const { data, errors } of client.iterate({ query: `subscription ${query}` })) {
      if (errors) return String(errors[0]!.extensions?.code);
      // Texts say themselves by which permission they may be read.
      found.push({ __typename: 'Customer', ...Object.values(data!)[0]! });
      if (isLast(JSON.stringify(data))) break;
    }
    return found;
  } finally {
    await client.dispose();
  }
}

describe('Every subscription', () => {
  it('is known to this test', async () => {
    const operations = operationsOf(await schemaOf(api)).filter(name => name.startsWith('Subscription.'));
    expect(operations.sort()).toEqual(Object.keys(feeds).sort());
  });

  it.each(people)('tells $role nothing that is not for this role', async person => {
    for (const operation of Object.keys(feeds)) {
      const rule = rulesOf().get(operation) as Permission;
      const answers = await told(operation, person);
      if (!scopeOf(person.role, rule)) expect(answers).toBe('FORBIDDEN');
      else expect(leaksIn(person, rule, answers)).toEqual([]);
    }
  });

  it('tells everybody who reads the log the part that they may read, and no hidden field of it', async () => {
    const streamsTo = async (role: string) => {
      const answers = await told('Subscription.events', people.find(person => person.role === role)!);
      return new Set((answers as { stream: string }[]).map(({ stream }) => stream.split('-')[0]));
    };
    const kinds = ['campaign', 'contract', 'customer', 'employee', 'interaction', 'lead', 'opportunity', 'payment'];
    expect([...(await streamsTo('integration'))].sort()).toEqual([...kinds, 'pipeline', 'team']);
    expect([...(await streamsTo('auditor'))].sort()).toEqual(
      ['account', ...kinds, 'pipeline', 'reservation', 'task', 'team'].sort(),
    );
  });

  it('would be found out if it told a machine what auditors are told', async () => {
    const answers = await told('Subscription.events', people.find(({ role }) => role === 'auditor')!);
    const machine = people.find(({ role }) => role === 'integration')!;
    expect(leaksIn(machine, 'events.read', answers).length).toBeGreaterThan(15);
  });
});
