import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CloseAccount, OpenAccount } from '#crm/account/account.commands.js';
import { DismissEmployee, HireEmployee } from '#crm/employee/employee.commands.js';
import { permissions, type Role, scopeOf } from '#platform/access/permissions.js';
import { systemViewer } from '#platform/access/viewer.js';
import type { Envelope } from '#platform/graphql/command.js';
import { projections } from '#read-models/read-models.js';
import { type Running, running } from '#test/operations/running.js';
import { found, people } from './company.js';
import { type Ask, as } from './reads/asking.js';

let api: Running;
const system = { actor: { id: 'seed', role: 'system' } };
const send = <Command extends Envelope>(type: new () => Command, input: object) =>
  api.system.executor.send(type, input, system);

beforeAll(async () => {
  api = await running();
  api.project();
  await found(api);
  await send(HireEmployee, { employeeId: 'former', name: '老王', email: 'former@corp.example' });
  await send(DismissEmployee, { employeeId: 'former' });
  await send(OpenAccount, { accountId: 'closed', name: '旧系统', role: 'integration', subject: 'old' });
  await send(CloseAccount, { accountId: 'closed' });
  await send(HireEmployee, { employeeId: 'new', name: '新人', email: 'new@corp.example' });
  await send(HireEmployee, { employeeId: 'nobody', name: '没有邮箱' });
  await api.system.reading.at(systemViewer(), projections, await api.system.store.head());
});
afterAll(() => api?.close());

const asking = (role: Role): Promise<Ask> => as(api, people.find(person => person.role === role)!);

describe('me', () => {
  it.each(people)('tells $role what the table says, and whose the token is', async ({ role, email }) => {
    const { data, errors } = await (await asking(role))('{ me { id email roles grants { permission scope } } }');
    expect(errors).toBeUndefined();
    const { roles, grants, ...rest } = data!.me as Record<string, unknown>;
    const id = role === 'external' ? 'partner' : role === 'integration' ? 'website' : role;
    expect(rest).toEqual({ id, email });
    expect(roles).toEqual([role.replace(/[A-Z]/g, letter => `_${letter}`).toUpperCase()]);
    const scoped = permissions.filter(permission => scopeOf(role, permission));
    expect(grants).toEqual(scoped.map(permission => ({ permission, scope: scopeOf(role, permission)!.toUpperCase() })));
  });

  it('tells an employee the team, an external user the customer, and what is kept from them', async () => {
    const me = '{ me { name customerId employee { name team { name region } } hiddenFields } }';
    expect((await (await asking('finance'))(me)).data).toEqual({
      me: {
        name: 'finance',
        customerId: null,
        employee: { name: 'finance', team: { name: '东区', region: '华东' } },
        hiddenFields: ['interaction.content', 'interaction.result'],
      },
    });
    expect((await (await asking('external'))(me)).data).toEqual({
      me: {
        name: '伙伴',
        customerId: 'customer-own',
        employee: null,
        hiddenFields: [
          'customer.creditGrade',
          'customer.paymentMethod',
          'opportunity.amount',
          'opportunity.lossReason',
        ],
      },
    });
  });
});

describe('Somebody without a role', () => {
  it('learns who they are and that they may do nothing yet, and nothing else', async () => {
    const ask = await as(api, { email: 'new@corp.example' });
    expect(await ask('{ me { id name email roles employee { name } grants { permission } hiddenFields } }')).toEqual({
      data: {
        me: {
          id: 'new',
          name: '新人',
          email: 'new@corp.example',
          roles: [],
          employee: null,
          grants: [],
          hiddenFields: [],
        },
      },
    });
    const { errors } = await ask('{ pipelines { totalCount } }');
    expect(errors?.[0]?.extensions.code).toBe('FORBIDDEN');
  });

  it('whose token nobody knows is not told even that', async () => {
    const { errors } = await (await as(api, { email: 'stranger@corp.example' }))('{ me { id } }');
    expect(errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
  });
});

describe('accounts', () => {
  it('are for administrators and auditors alone', async () => {
    for (const { role } of people) {
      const ask = await asking(role);
      const answers = [await ask('{ accounts { totalCount } }'), await ask('{ account(id: "zhou") { email } }')];
      const codes = answers.map(({ errors }) => errors?.[0]?.extensions.code);
      const may = role === 'administrator' || role === 'auditor';
      expect([role, ...codes]).toEqual([role, ...(may ? [undefined, undefined] : ['FORBIDDEN', 'FORBIDDEN'])]);
    }
  });

  it('are narrowed by role, state, customer and words', async () => {
    const ask = await asking('auditor');
    const ids = async (filter: string) => {
      const { data } = await ask(`{ accounts(filter: { ${filter} }) { totalCount nodes { id } } }`);
      const { totalCount, nodes } = data!.accounts as { totalCount: number; nodes: { id: string }[] };
      expect(totalCount).toBe(nodes.length);
      return nodes.map(({ id }) => id);
    };
    expect(await ids('role: INTEGRATION')).toEqual(['account-foreign', 'closed', 'website']);
    expect(await ids('role: INTEGRATION, active: true')).toEqual(['account-foreign', 'website']);
    expect(await ids('active: false')).toEqual(['closed', 'former']);
    expect(await ids('employees: false, customerId: "customer-own"')).toEqual(['partner']);
    expect(await ids('search: "ZHOU@"')).toEqual(['zhou']);
    expect(await ids('employees: true, role: FINANCE')).toEqual(['finance']);
  });

  it('come page by page, each once', async () => {
    const ask = await asking('administrator');
    const all: string[] = [];
    let after = '';
    for (;;) {
      const document = `{ accounts(first: 4${after}) { nodes { id } pageInfo { hasNextPage endCursor } } }`;
      const { data } = await ask(document);
      const { nodes, pageInfo } = data!.accounts as {
        nodes: { id: string }[];
        pageInfo: { hasNextPage: boolean; endCursor: string };
      };
      all.push(...nodes.map(({ id }) => id));
      if (!pageInfo.hasNextPage) break;
      after = `, after: "${pageInfo.endCursor}"`;
    }
    expect(all).toEqual([...new Set(all)].sort());
    expect(all).toEqual(expect.arrayContaining(['admin@localhost', 'closed', 'former', 'partner', 'salesperson']));
    expect(all).not.toContain('nobody');
    const forged = await ask('{ accounts(after: "W10") { totalCount } }');
    expect(forged.errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
  });

  it('tell of one everything that lets it in', async () => {
    const ask = await asking('auditor');
    const one = (id: string) =>
      ask(`{ account(id: "${id}") { id name email subject roles employeeId customerId active } }`);
    expect((await one('closed')).data).toEqual({
      account: {
        id: 'closed',
        name: '旧系统',
        email: null,
        subject: 'old',
        roles: ['INTEGRATION'],
        employeeId: null,
        customerId: null,
        active: false,
      },
    });
    expect((await one('missing')).data).toEqual({ account: null });
  });

  it('that were looked at leave a trace', async () => {
    await (await asking('auditor'))('{ account(id: "partner") { email } }');
    await api.system.accessLog.flushed();
    const { data } = await (await asking('auditor'))(
      '{ accessLog(filter: { record: "partner", operation: "query account" }) { nodes { actorId } } }',
    );
    expect((data!.accessLog as { nodes: unknown[] }).nodes).toEqual([{ actorId: 'auditor' }]);
  });
});
