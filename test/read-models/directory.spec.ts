import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DraftContract, SignContract } from '#crm/contract/contract.commands.js';
import { RegisterCustomer } from '#crm/customer/customer.commands.js';
import { HireEmployee, MoveEmployee } from '#crm/employee/employee.commands.js';
import { CaptureLead } from '#crm/lead/lead.commands.js';
import { LoseOpportunity, OpenOpportunity } from '#crm/opportunity/opportunity.commands.js';
import { ReceivePayment, ReversePayment } from '#crm/payment/payment.commands.js';
import { AssignTask } from '#crm/task/task.commands.js';
import { FormTeam } from '#crm/team/team.commands.js';
import { directory } from '#read-models/directory/directory.projection.js';
import { directoryResolvers } from '#read-models/directory/directory.resolver.js';
import { type QueryableCrm, queryableCrm } from './queryable-crm.js';

const cny = (minor: number) => ({ minor, currency: 'CNY' });
const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

let crm: QueryableCrm;
beforeAll(async () => {
  // The clock of this CRM stands at 2 March 2026.
  crm = await queryableCrm([directory], directoryResolvers);
  const { send } = crm;
  await send(FormTeam, { teamId: 'east', name: '华东组', region: '华东' });
  await send(FormTeam, { teamId: 'north', name: '华北组', region: '华北' });
  for (const number of [1, 2, 3]) {
    const employeeId = `e${number}`;
    await send(HireEmployee, {
      employeeId,
      name: `Seller ${number}`,
      teamId: 'east',
      managerId: number > 1 ? 'e1' : undefined,
    });
  }
  await send(MoveEmployee, { employeeId: 'e2', teamId: 'north', effectiveOn: '2026-03-01' });
  await send(MoveEmployee, { employeeId: 'e3', teamId: 'north', effectiveOn: '2026-03-03' });
  for (let number = 1; number <= 12; number++) {
    const [customerId, ownerId] = [`c${number}`, `e${(number % 3) + 1}`];
    const name = number === 7 ? '100%_Real \\ Co' : `Customer ${number}`;
    await send(RegisterCustomer, { customerId, name, ownerId, externalId: `K-${number}` });
    await send(OpenOpportunity, { opportunityId: `o${number}`, customerId, amount: cny(number * 1_000) });
  }
  await send(LoseOpportunity, { opportunityId: 'o2', reason: '价格' });
  const instalments = [
    { dueOn: '2026-05-31', minor: 600 },
    { dueOn: '2026-02-28', minor: 400 },
  ];
  for (const contractId of ['k1', 'k2', 'k3'])
    await send(DraftContract, { contractId, customerId: 'c1', opportunityId: 'o1', amount: cny(1_000), instalments });
  for (const contractId of ['k1', 'k2']) await send(SignContract, { contractId, signedOn: '2026-02-01' });
  await send(ReceivePayment, { paymentId: 'p1', customerId: 'c1', contractId: 'k1', amount: cny(500) });
  await send(ReceivePayment, { paymentId: 'p2', customerId: 'c1', contractId: 'k2', amount: cny(400) });
  await send(ReversePayment, { paymentId: 'p2', reason: 'bounced' });
  await send(CaptureLead, { leadId: 'l1', name: '张三', source: 'website' });
  await send(AssignTask, { taskId: 't1', title: 'late', assigneeId: 'e1', dueOn: '2026-03-01' });
  await send(AssignTask, { taskId: 't2', title: 'today', assigneeId: 'e1', dueOn: '2026-03-02' });
});
afterAll(() => crm?.close());

interface Listed<Node> {
  readonly list: {
    readonly nodes: readonly Node[];
    readonly totalCount?: number;
    readonly pageInfo: { readonly endCursor: string; readonly hasNextPage: boolean };
  };
}
type Listing = { filter?: string; sort?: string; first?: number; after?: string };

async function listed<Node = { id: string }>(
  name: string,
  fields: string,
  { filter = '', sort = '', ...page }: Listing = {},
) {
  const given = [filter && `filter: {${filter}}`, sort && `sort: {${sort}}`].filter(Boolean).join(', ');
  const { list } = await crm.query<Listed<Node>>(
    `query($first: Int, $after: String, $atLeast: Position) {
      list: ${name}(${given ? `${given}, ` : ''}first: $first, after: $after, atLeast: $atLeast) {
        totalCount nodes { ${fields} } pageInfo { endCursor hasNextPage }
      }
    }`,
    page,
  );
  return list;
}
const ids = async (name: string, listing: Listing) => (await listed(name, 'id', listing)).nodes.map(({ id }) => id);

describe('A list', () => {
  it('begins with the newest, and pages on without repeating', async () => {
    const first = await listed('customers', 'id', { first: 5 });
    expect(first.nodes.map(({ id }) => id)).toEqual(['c12', 'c11', 'c10', 'c9', 'c8']);
    expect(first.totalCount).toBe(12);
    const second = await listed('customers', 'id', { first: 500, after: first.pageInfo.endCursor });
    expect(second.nodes.map(({ id }) => id)).toEqual(['c7', 'c6', 'c5', 'c4', 'c3', 'c2', 'c1']);
    expect(second.pageInfo.hasNextPage).toBe(false);
  });

  it('is sorted as asked, records without a value last either way', async () => {
    const sort = 'by: CLOSED_ON';
    expect((await ids('opportunities', { sort: `${sort}, direction: DESC`, first: 2 }))[0]).toBe('o2');
    expect((await ids('opportunities', { sort, first: 2 }))[0]).toBe('o2');
    expect(await ids('opportunities', { sort: 'by: AMOUNT, direction: DESC', first: 3 })).toEqual([
      'o12',
      'o11',
      'o10',
    ]);
  });

  it('takes percent, underscore and backslash in a search for what they are', async () => {
    for (const search of ['100%_', '%_real', 'real \\\\ c'])
      expect(await ids('customers', { filter: `search: "${search}"` })).toEqual(['c7']);
    expect(await ids('customers', { filter: 'search: "C%1"' })).toEqual([]);
    expect(await ids('customers', { filter: 'search: "k-12"' })).toEqual(['c12']);
  });

  it('takes one value where it takes several', async () => {
    expect(await ids('customers', { filter: 'externalIds: "K-3"' })).toEqual(['c3']);
    expect(await ids('customers', { filter: 'ids: ["c3", "c4", "unknown"]' })).toEqual(['c4', 'c3']);
    expect(await ids('customers', { filter: 'ids: []' })).toEqual([]);
  });

  it('does not mix currencies when it compares amounts', async () => {
    expect(await ids('opportunities', { filter: 'amount: {currency: "CNY", from: 11000}' })).toEqual(['o12', 'o11']);
    expect(await ids('opportunities', { filter: 'amount: {currency: "USD", from: 0}' })).toEqual([]);
  });

  it('shows what hangs on its entries with one statement per kind, however many entries there are', async () => {
    const fields =
      'id name customer { name owner { name team { name leader { name } } } } owner { name region manager { name } }';
    const asked = (first: number) => crm.statements(() => listed('opportunities', fields, { first }));
    await asked(3);
    const [few, many] = [await asked(3), await asked(12)];
    expect(many).toBe(few);
  });

  it('counts only when it is asked to', async () => {
    const page = '{ nodes { id } }';
    const asked = (fields: string) => crm.statements(() => crm.query(`{ customers(first: 3) ${fields} }`));
    expect(await asked('{ totalCount nodes { id } }')).toBe((await asked(page)) + 1);
  });
});

describe('An employee', () => {
  it('is where the moves that have taken effect by today say', async () => {
    const { nodes } = await listed<{ id: string }>('employees', 'id region team { id } manager { id }', {
      sort: 'by: NAME',
    });
    expect(nodes).toEqual([
      { id: 'e1', region: '华东', team: { id: 'east' }, manager: null },
      { id: 'e2', region: '华北', team: { id: 'north' }, manager: { id: 'e1' } },
      { id: 'e3', region: '华东', team: { id: 'east' }, manager: { id: 'e1' } },
    ]);
  });

  it('is found by today’s team and region', async () => {
    expect(await ids('employees', { filter: 'teamId: "north"' })).toEqual(['e2']);
    expect(await ids('employees', { filter: 'region: "华东"' })).toEqual(['e3', 'e1']);
    expect(await ids('employees', { filter: 'employed: true, hiredOn: {}' })).toEqual([]);
    expect(await ids('employees', { filter: 'employed: true' })).toEqual(['e3', 'e2', 'e1']);
  });
});

describe('A contract', () => {
  const money = '{ minor }';

  it('shows what was received for each instalment, in the order of their due days', async () => {
    const { contract } = await crm.query(
      `query($atLeast: Position) { contract(id: "k1", atLeast: $atLeast) {
        status overdue nextDueOn received ${money} outstanding ${money}
        instalments { dueOn amount ${money} received ${money} open ${money} overdue }
        customer { name } opportunity { id } owner { id } } }`,
    );
    expect(contract).toEqual({
      status: 'SIGNED',
      overdue: false,
      nextDueOn: '2026-05-31',
      received: { minor: 500 },
      outstanding: { minor: 500 },
      instalments: [
        { dueOn: '2026-02-28', amount: { minor: 400 }, received: { minor: 400 }, open: { minor: 0 }, overdue: false },
        { dueOn: '2026-05-31', amount: { minor: 600 }, received: { minor: 100 }, open: { minor: 500 }, overdue: false },
      ],
      customer: { name: 'Customer 1' },
      opportunity: { id: 'o1' },
      owner: { id: 'e2' },
    });
  });

  it('is overdue once a due day has passed on which too little had come, also after a reversal', async () => {
    expect(await ids('contracts', { filter: 'overdue: true' })).toEqual(['k2']);
    expect(await ids('contracts', { filter: 'overdue: false' })).toEqual(['k3', 'k1']);
    expect(await ids('payments', { filter: 'status: REVERSED' })).toEqual(['p2']);
  });
});

describe('A task', () => {
  it('is overdue from the day after its due day on', async () => {
    expect(await ids('tasks', { filter: 'overdue: true' })).toEqual(['t1']);
    const { nodes } = await listed<object>('tasks', 'overdue assignee { name }');
    expect(nodes).toEqual([
      { overdue: false, assignee: { name: 'Seller 1' } },
      { overdue: true, assignee: { name: 'Seller 1' } },
    ]);
  });
});

describe('An opportunity', () => {
  it('calls its stages and ends by their names', async () => {
    const { opportunity } = await crm.query(
      'query($atLeast: Position) { opportunity(id: "o2", atLeast: $atLeast) { stage { code name } lossReason entries { stage { code name } ownerId enteredOn } } }',
    );
    expect(opportunity).toEqual({
      stage: { code: 'NeedsConfirmed', name: '需求确认' },
      lossReason: '价格',
      entries: [
        { stage: { code: 'NeedsConfirmed', name: '需求确认' }, ownerId: 'e3', enteredOn: '2026-03-02' },
        { stage: { code: 'lost', name: '丢单' }, ownerId: 'e3', enteredOn: '2026-03-02' },
      ],
    });
  });
});

describe('One record by its id', () => {
  it('is null when there is none', async () => {
    const kinds = [
      'lead',
      'opportunity',
      'contract',
      'payment',
      'interaction',
      'task',
      'employee',
      'team',
      'campaign',
      'pipeline',
    ];
    const answer = await crm.query(`{ ${kinds.map(kind => `${kind}(id: "nobody") { id }`).join(' ')} }`);
    expect(answer).toEqual(Object.fromEntries(kinds.map(kind => [kind, null])));
  });

  it('is null for an id that no database could hold', async () => {
    expect(await crm.query('query($id: ID!) { lead(id: $id) { id } }', { id: 'l1\u0000' })).toEqual({ lead: null });
  });
});

describe('A list refuses', () => {
  const customers =
    'query($first: Int, $after: String, $filter: CustomersFilter, $sort: CustomersSort) { customers(first: $first, after: $after, filter: $filter, sort: $sort) { nodes { id } } }';

  it.each([
    ['more than a page holds, also as a variable', { first: 501 }, 'first'],
    ['fewer than none', { first: -1 }, 'first'],
    ['what is no cursor', { after: "'; drop table customers; --" }, 'after'],
    ['a cursor of another sort', { after: encoded(['customers.NAME.ASC', 'x', 'c1']) }, 'after'],
    ['a cursor of another list', { after: encoded(['leads.CREATED.DESC', 5, 'c1']) }, 'after'],
    ['a cursor with values that it never gave out', { after: encoded(['customers.CREATED.DESC', '5', 'c1']) }, 'after'],
    ['a search that no database could answer', { filter: { search: 'a\u0000b' } }, 'search'],
    ['an id that no database could hold', { filter: { ids: ['\u0000'] } }, 'ids'],
    ['an endless list of ids', { filter: { ids: Array.from({ length: 501 }, String) } }, 'ids'],
  ])('%s', async (_, variables, field) => {
    const { extensions } = await crm.error(customers, variables);
    expect(extensions).toMatchObject({ code: 'BAD_USER_INPUT', field });
  });

  it('what its sort does not offer', async () => {
    const { extensions } = await crm.error(customers, { sort: { by: 'created_position; --' } });
    expect(extensions.code).toBe('BAD_USER_INPUT');
  });

  it('days that do not exist', async () => {
    const { extensions } = await crm.error(customers, { filter: { registeredOn: { from: '2026-02-30' } } });
    expect(extensions.code).toBe('BAD_USER_INPUT');
  });
});
