import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { GrantRole, HireEmployee, MoveEmployee } from '#crm/employee/employee.commands.js';
import { FormTeam } from '#crm/team/team.commands.js';
import type { Envelope } from '#platform/graphql/command.js';
import { eventually, type Running, running } from '#test/operations/running.js';
import { type Ask, as } from './reads/asking.js';

const DAY = '2026-03-02';

/** The figures of the day of signing, with everything that was recorded until now. */
async function sales(ask: Ask, selection: string) {
  const head = await api.system.store.head();
  const { data } = await ask(`{ salesDaily(from: "${DAY}", to: "${DAY}", atLeast: "${head}") ${selection} }`);
  return data!.salesDaily as Record<string, unknown>;
}

let api: Running;
let [li, han, zhao, finance]: Ask[] = [];
const system = { actor: { id: 'seed', role: 'system' } };
const send = <Command extends Envelope>(type: new () => Command, input: object) =>
  api.system.executor.send(type, input, system);
const asking = (id: string) => as(api, { role: 'salesperson', email: `${id}@corp.example` });

/** One mutation, answered with its position. */
async function done(ask: Ask, mutation: string): Promise<string> {
  const { data, errors } = await ask(`mutation { done: ${mutation} { position } }`);
  expect(errors).toBeUndefined();
  return (data!.done as { position: string }).position;
}

beforeAll(async () => {
  api = await running();
  api.project();
  await send(FormTeam, { teamId: 'east', name: '东区', region: '华东' });
  await send(FormTeam, { teamId: 'west', name: '西区', region: '西南' });
  for (const [employeeId, teamId, role] of [
    ['li', 'east', 'salesperson'],
    ['han', 'east', 'salesperson'],
    ['zhao', 'east', 'teamLeader'],
    ['wu', 'west', 'teamLeader'],
    ['finance', 'west', 'finance'],
  ] as const) {
    const hired = { employeeId, name: employeeId, email: `${employeeId}@corp.example`, teamId, hiredOn: '2026-01-01' };
    await send(HireEmployee, hired);
    await send(GrantRole, { employeeId, role });
  }
  [li, han, zhao, finance] = await Promise.all(['li', 'han', 'zhao', 'finance'].map(asking));
  await eventually(
    () => finance!('{ me { roles } }'),
    ({ data }) => JSON.stringify(data) === '{"me":{"roles":["FINANCE"]}}',
  );
  await done(li!, 'registerCustomer(input: { customerId: "c1", name: "甲", externalId: "A-1" })');
  await done(li!, 'addContact(input: { customerId: "c1", contactId: "k", name: "王芳" })');
  await done(li!, 'openOpportunity(input: { opportunityId: "o1", customerId: "c1", name: "一号线" })');
  const amount = 'amount: { minor: 500, currency: "CNY" }';
  await done(li!, `draftContract(input: { contractId: "v1", customerId: "c1", opportunityId: "o1", ${amount} })`);
  await done(li!, `signContract(input: { contractId: "v1", signedOn: "${DAY}" })`);
  await done(finance!, `receivePayment(input: { paymentId: "p1", customerId: "c1", contractId: "v1", ${amount} })`);
  await done(li!, 'logInteraction(input: { interactionId: "i1", customerId: "c1", employeeId: "li", kind: CALL })');
  // Which follows from the signing, within moments.
  await eventually(
    () => li!('{ opportunity(id: "o1") { status } }'),
    ({ data }) => (data?.opportunity as { status?: string } | null)?.status === 'WON',
  );
}, 60_000);
afterAll(() => api?.close());

/** Everything that hangs on the customer, as somebody sees it. */
async function seen(ask: Ask, atLeast: string) {
  const { data, errors } = await ask(`{
    customer(id: "c1", atLeast: "${atLeast}") { name contacts { nodes { name } } }
    customers(filter: { externalIds: ["A-1"] }, atLeast: "${atLeast}") { totalCount }
    opportunity(id: "o1", atLeast: "${atLeast}") { name }
    contracts(atLeast: "${atLeast}") { totalCount }
    payments(atLeast: "${atLeast}") { totalCount }
    interactions(atLeast: "${atLeast}") { totalCount }
    rfm(asOf: "2026-12-31", atLeast: "${atLeast}") { customers { totalCount } }
  }`);
  if (errors) throw new Error(JSON.stringify(errors));
  return data!;
}
const history = (ask: Ask, atLeast: string) =>
  ask(`{ customerHistory(customerId: "c1", first: 50, atLeast: "${atLeast}") { totalCount nodes { type } } }`);
const WHOLE = {
  customer: { name: '甲', contacts: { nodes: [{ name: '王芳' }] } },
  customers: { totalCount: 1 },
  opportunity: { name: '一号线' },
  contracts: { totalCount: 1 },
  payments: { totalCount: 1 },
  interactions: { totalCount: 1 },
  rfm: { customers: { totalCount: 1 } },
};

const signedBy = async (ask: Ask) => {
  const { rows } = (await sales(ask, '{ rows { employee { id } contractsSigned { count } } }')) as {
    rows: { employee: { id: string }; contractsSigned: { count: number } }[];
  };
  return rows.filter(row => row.contractsSigned.count > 0).map(row => row.employee.id);
};

describe('A customer that is handed over', () => {
  it('belongs, with all that happened, to the new owner from the answer on', async () => {
    const head = String(await api.system.store.head());
    expect(await seen(li!, head)).toEqual(WHOLE);
    expect((await seen(han!, head)).customer).toBeNull();
    expect((await history(han!, head)).errors?.[0]?.extensions.code).toBe('NOT_FOUND');
    const told = (await history(li!, head)).data!.customerHistory as { totalCount: number };

    const position = await done(zhao!, 'handOverCustomer(input: { customerId: "c1", ownerId: "han" })');
    expect(await seen(han!, position)).toEqual(WHOLE);
    const after = (await history(han!, position)).data!.customerHistory as {
      totalCount: number;
      nodes: { type: string }[];
    };
    expect(after.totalCount).toBe(told.totalCount + 1);
    expect(after.nodes.map(({ type }) => type)).toEqual(expect.arrayContaining(['CustomerRegistered', 'ContactAdded']));
    // What is still the former owner's own stays theirs; the customer, its card and its history do not.
    expect(await seen(li!, position)).toEqual({
      ...WHOLE,
      customer: null,
      customers: { totalCount: 0 },
      rfm: { customers: { totalCount: 0 } },
    });
    expect((await history(li!, position)).errors?.[0]?.extensions.code).toBe('NOT_FOUND');
  });

  it('takes its opportunity along once that is handed over as well', async () => {
    const position = await done(zhao!, 'handOverOpportunity(input: { opportunityId: "o1", ownerId: "han" })');
    expect((await seen(han!, position)).opportunity).toEqual({ name: '一号线' });
    expect((await seen(li!, position)).opportunity).toBeNull();
    const refused = await li!('mutation { reopenOpportunity(input: { opportunityId: "o1" }) { id } }');
    expect(refused.errors?.[0]?.message).toBe('There is no opportunity o1.');
  });

  it('leaves what was achieved before to whoever achieved it, in the figures of that time', async () => {
    expect(await signedBy(li!)).toEqual(['li']);
    expect(await signedBy(han!)).toEqual([]);
    expect(await signedBy(zhao!)).toEqual(['li']);
  });

  it('is reached by today’s team, while figures stay with the team of the time', async () => {
    const wu = await asking('wu');
    expect(await signedBy(wu)).toEqual([]);
    const { position } = await send(MoveEmployee, { employeeId: 'han', teamId: 'west', effectiveOn: '2026-03-10' });
    await eventually(
      () => seen(wu, String(position)),
      ({ customer }) => JSON.stringify(customer) === JSON.stringify(WHOLE.customer),
    );
    expect((await seen(zhao!, String(position))).customer).toBeNull();
    expect(await sales(zhao!, '{ teams { team { id } contractsSigned { count } } }')).toEqual({
      teams: expect.arrayContaining([{ team: { id: 'east' }, contractsSigned: { count: 1 } }]),
    });
  });
});
