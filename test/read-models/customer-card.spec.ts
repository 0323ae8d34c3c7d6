import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DraftContract, SignContract, TerminateContract } from '#crm/contract/contract.commands.js';
import {
  AddContact,
  ChangeCustomerProfile,
  HandOverCustomer,
  RegisterCustomer,
  RemoveContact,
  SetCreditTerms,
} from '#crm/customer/customer.commands.js';
import { HireEmployee, MoveEmployee } from '#crm/employee/employee.commands.js';
import { LogInteraction, RetractInteraction } from '#crm/interaction/interaction.commands.js';
import { CaptureLead, ConvertLead } from '#crm/lead/lead.commands.js';
import {
  AdvanceStage,
  LoseOpportunity,
  OpenOpportunity,
  ReopenOpportunity,
  WinOpportunity,
} from '#crm/opportunity/opportunity.commands.js';
import { ReceivePayment, ReversePayment } from '#crm/payment/payment.commands.js';
import { convertedLead } from '#crm/policies/converted-lead.policy.js';
import { runPolicy } from '#crm/policies/run-policy.js';
import { AssignTask, CompleteTask } from '#crm/task/task.commands.js';
import { FormTeam, RenameTeam } from '#crm/team/team.commands.js';
import { Refusal } from '#event-sourcing/refusal.js';
import type { Envelope } from '#platform/graphql/command.js';
import { customerCardResolvers } from '#read-models/customer-card/card.resolver.js';
import { directory } from '#read-models/directory/directory.projection.js';
import { directoryResolvers } from '#read-models/directory/directory.resolver.js';
import { history } from '#read-models/history/history.projection.js';
import { historyResolvers } from '#read-models/history/history.resolver.js';
import { type QueryableCrm, queryableCrm } from './queryable-crm.js';

const cny = (minor: number) => ({ minor, currency: 'CNY' });

let crm: QueryableCrm;
beforeAll(async () => {
  crm = await queryableCrm(
    [directory, history],
    [...directoryResolvers, ...customerCardResolvers, ...historyResolvers],
  );
  await crm.send(FormTeam, { teamId: 'east', name: '华东组', region: '华东' });
  await crm.send(FormTeam, { teamId: 'north', name: '华北组' });
  await crm.send(HireEmployee, { employeeId: 'li', name: '李', teamId: 'east' });
  await crm.send(HireEmployee, { employeeId: 'wang', name: '王', teamId: 'north', region: '华北' });
});
afterAll(() => crm?.close());

const money = '{ minor currency }';
const person = '{ id name region team { name region } }';
const line = 'id sourceEventId position changedAt';
const CARD = `query($id: ID, $externalId: String, $knownAt: DateTime, $atLeast: Position) {
  customer(id: $id, externalId: $externalId, knownAt: $knownAt, atLeast: $atLeast) {
    ${line} externalId name type industry region scale address taxNumber email phone creditGrade paymentMethod registeredOn
    owner ${person} lead { id name status }
    contacts { count nodes { ${line} name role email phone customer { name } } }
    leads { count nodes { ${line} name status } }
    opportunities { count nodes { ${line} name status stage { code name } lossReason amount ${money} closedOn
      entries { stage { code name } enteredOn ownerId sourceEventId position } owner ${person} contract { number } pipeline { name } } }
    contracts { count nodes { ${line} number status amount ${money} received ${money} outstanding ${money} overdue nextDueOn
      instalments { dueOn amount ${money} received ${money} open ${money} overdue } opportunity { name } owner ${person} } }
    payments { count nodes { ${line} status amount ${money} paidOn reversedOn reversalReason contract { number received ${money} } } }
    interactions { count nodes { ${line} kind content happenedOn employee ${person} contact { name } } }
    tasks { count nodes { ${line} title status dueOn overdue result assignee ${person} } }
    creditTerms { creditGrade paymentMethod agreedAt sourceEventId position }
    totals { currency won ${money} contracted ${money} received ${money} outstanding ${money} }
  }
}`;

interface Lines {
  readonly count: number;
  readonly nodes: readonly Record<string, unknown>[];
}
type Card = Record<string, unknown> &
  Record<'contacts' | 'leads' | 'opportunities' | 'contracts' | 'payments' | 'interactions' | 'tasks', Lines>;

const cardOf = async (id: string, knownAt?: string) =>
  (await crm.query<{ customer: Card | null }>(CARD, { id, knownAt })).customer;

/** Sends a command, and says when everything so far was known; later commands come a minute later. */
async function known<Command extends Envelope>(type: new () => Command, input: object): Promise<string> {
  await crm.send(type, input);
  const now = crm.crm.now();
  crm.crm.pass(60);
  return now;
}

describe('The card of a customer', () => {
  let registered: string;
  let signed: string;
  beforeAll(async () => {
    await known(CaptureLead, { leadId: 'l1', name: '张三', company: '华东机电', source: '展会', ownerId: 'li' });
    await known(ConvertLead, { leadId: 'l1', customerId: undefined, opportunityName: '生产线' });
    const [, converted] = await crm.crm.events('lead-l1');
    await runPolicy(convertedLead, converted!, crm.crm.process().executor, { warn: () => {} });
    registered = crm.crm.now();
    crm.crm.pass(60);
    const [customerId, opportunityId] = ['l1-customer', 'l1-opportunity'];
    await known(SetCreditTerms, { customerId, creditGrade: 'A', paymentMethod: '月结' });
    await known(AddContact, { customerId, contactId: '1', name: '赵', position: '采购' });
    await known(LogInteraction, {
      interactionId: 'i1',
      customerId,
      contactId: '1',
      employeeId: 'li',
      kind: 'VISIT',
      content: '介绍',
    });
    await known(AdvanceStage, { opportunityId, stage: 'Proposal' });
    await known(DraftContract, {
      contractId: 'k1',
      number: 'HT-1',
      customerId,
      opportunityId,
      amount: cny(1_000),
      instalments: [
        { dueOn: '2026-02-01', minor: 300 },
        { dueOn: '2026-06-01', minor: 700 },
      ],
    });
    signed = await known(SignContract, { contractId: 'k1' });
    await known(WinOpportunity, { opportunityId, amount: cny(1_000), contractId: 'k1' });
    await known(ReceivePayment, { paymentId: 'p1', customerId, contractId: 'k1', amount: cny(200) });
    await known(ReceivePayment, { paymentId: 'p2', customerId, amount: { minor: 50, currency: 'USD' } });
    await known(AssignTask, { taskId: 't1', customerId, title: '回访', assigneeId: 'wang', dueOn: '2026-03-01' });
    await known(HandOverCustomer, { customerId, ownerId: 'wang' });
    await known(MoveEmployee, { employeeId: 'li', teamId: 'north' });
  });

  it('shows everything that hangs on it, and what it adds up to', async () => {
    const card = (await cardOf('l1-customer'))!;
    expect(card).toMatchObject({
      name: '华东机电',
      creditGrade: 'A',
      owner: { name: '王', region: '华北', team: { name: '华北组' } },
      lead: { id: 'l1', status: 'CONVERTED' },
      contacts: { count: 1, nodes: [{ id: '1', name: '赵', role: '采购' }] },
      leads: { count: 1, nodes: [{ id: 'l1' }] },
      opportunities: { count: 1, nodes: [{ name: '生产线', status: 'WON', contract: { number: 'HT-1' } }] },
      contracts: { count: 1, nodes: [{ received: cny(200), outstanding: cny(800), overdue: true }] },
      payments: {
        count: 2,
        nodes: [
          { id: 'p2', contract: null },
          { id: 'p1', contract: { number: 'HT-1' } },
        ],
      },
      interactions: { count: 1, nodes: [{ kind: 'VISIT', contact: { name: '赵' } }] },
      tasks: { count: 1, nodes: [{ title: '回访', overdue: true, assignee: { name: '王' } }] },
      creditTerms: [{ creditGrade: 'A', paymentMethod: '月结' }],
    });
    const usd = (minor: number) => ({ minor, currency: 'USD' });
    expect(card.totals).toEqual([
      { currency: 'CNY', won: cny(1_000), contracted: cny(1_000), received: cny(200), outstanding: cny(800) },
      { currency: 'USD', won: usd(0), contracted: usd(0), received: usd(50), outstanding: usd(0) },
    ]);
  });

  it('names for each line the event that last made it what it is', async () => {
    const card = (await cardOf('l1-customer'))!;
    const last = async (stream: string) => (await crm.crm.events(stream)).at(-1)!.id;
    expect(card.sourceEventId).toBe(await last('customer-l1-customer'));
    expect(card.contracts.nodes[0]!.sourceEventId).toBe(await last('payment-p1'));
    expect(card.opportunities.nodes[0]!.sourceEventId).toBe(await last('opportunity-l1-opportunity'));
    const { entries } = card.opportunities.nodes[0] as { entries: { sourceEventId: string }[] };
    const events = await crm.crm.events('opportunity-l1-opportunity');
    expect(entries.map(entry => events.find(({ id }) => id === entry.sourceEventId)?.type)).toEqual([
      'StageAdvanced',
      'StageAdvanced',
      'OpportunityWon',
    ]);
  });

  it('shows what was known at an earlier instant, and nothing of what came later', async () => {
    const card = (await cardOf('l1-customer', signed))!;
    expect(card).toMatchObject({
      owner: { name: '李', region: '华东', team: { name: '华东组' } },
      opportunities: {
        nodes: [{ status: 'OPEN', stage: { code: 'Proposal', name: '方案报价' }, owner: { region: '华东' } }],
      },
      contracts: { nodes: [{ status: 'SIGNED', received: cny(0), outstanding: cny(1_000) }] },
      payments: { count: 0, nodes: [] },
      tasks: { count: 0, nodes: [] },
      totals: [{ currency: 'CNY', won: cny(0), contracted: cny(1_000), received: cny(0), outstanding: cny(1_000) }],
    });
    expect(await cardOf('l1-customer', registered)).toMatchObject({ creditTerms: [], contacts: { count: 0 } });
  });

  it('is empty for a time at which nobody knew the customer', async () => {
    expect(await cardOf('l1-customer', '2026-03-02T02:00:00.000Z')).toBeNull();
    expect(await cardOf('nobody')).toBeNull();
    expect(await cardOf('nobody', signed)).toBeNull();
  });

  it('is found by one name of the customer, not by two or none', async () => {
    await known(RegisterCustomer, { customerId: 'twin1', name: '双', externalId: 'K-1' });
    const ask = (variables: object) => crm.query<{ customer: Card | null }>(CARD, variables);
    expect((await ask({ externalId: 'K-1' })).customer).toMatchObject({ id: 'twin1' });
    expect((await ask({ externalId: 'K-\u0000' })).customer).toBeNull();
    const refused = { code: 'BAD_USER_INPUT' };
    expect((await crm.error(CARD, {})).extensions).toMatchObject(refused);
    expect((await crm.error(CARD, { id: 'twin1', externalId: 'K-1' })).extensions).toMatchObject(refused);
    await known(RegisterCustomer, { customerId: 'twin2', name: '双', externalId: 'K-1' });
    expect((await crm.error(CARD, { externalId: 'K-1' })).extensions).toMatchObject({
      ...refused,
      field: 'externalId',
    });
  });

  it('holds the newest lines only, and says how many there are', async () => {
    await known(RegisterCustomer, { customerId: 'busy', name: '忙' });
    for (let number = 1; number <= 105; number++)
      await crm.send(ReceivePayment, { paymentId: `busy-${number}`, customerId: 'busy', amount: cny(number) });
    for (const knownAt of [undefined, crm.crm.now()]) {
      const { payments, totals } = (await cardOf('busy', knownAt))!;
      expect(payments.count).toBe(105);
      expect(payments.nodes.map(({ id }) => id)).toEqual(
        Array.from({ length: 100 }, (_, index) => `busy-${105 - index}`),
      );
      expect(totals).toMatchObject([{ received: cny((105 * 106) / 2) }]);
    }
  });
});

describe('The card as it is known now', () => {
  type Step = (customerId: string) => readonly [type: new () => Envelope, input: object];
  const number = fc.constantFrom(1, 2);
  const employee = fc.constantFrom('li', 'wang');
  const amount = fc.record({ minor: fc.integer({ min: 1, max: 500 }), currency: fc.constantFrom('CNY', 'CNY', 'USD') });
  const step = <Input>(inputs: fc.Arbitrary<Input>, of: (input: Input, customerId: string) => ReturnType<Step>) =>
    inputs.map(
      (input): Step =>
        customerId =>
          of(input, customerId),
    );
  const steps: fc.Arbitrary<Step> = fc.oneof(
    step(fc.record({ number, employee, amount }), ({ number, employee, amount }, customerId) => [
      OpenOpportunity,
      { opportunityId: `${customerId}-o${number}`, customerId, ownerId: employee, amount, name: `${number}` },
    ]),
    step(fc.record({ number, stage: fc.constantFrom('Proposal', 'Negotiation') }), ({ number, stage }, customerId) => [
      AdvanceStage,
      { opportunityId: `${customerId}-o${number}`, stage },
    ]),
    step(fc.record({ number, amount }), ({ number, amount }, id) => [
      WinOpportunity,
      { opportunityId: `${id}-o${number}`, amount },
    ]),
    step(number, (number, id) => [LoseOpportunity, { opportunityId: `${id}-o${number}`, reason: 'price' }]),
    step(number, (number, id) => [ReopenOpportunity, { opportunityId: `${id}-o${number}` }]),
    step(fc.record({ number, amount }), ({ number, amount }, customerId) => [
      DraftContract,
      { contractId: `${customerId}-k${number}`, customerId, amount },
    ]),
    step(fc.record({ number, split: fc.nat(500) }), ({ number }, id) => [
      SignContract,
      { contractId: `${id}-k${number}` },
    ]),
    step(number, (number, id) => [TerminateContract, { contractId: `${id}-k${number}`, reason: 'bankrupt' }]),
    step(fc.record({ number, contract: fc.option(number), amount }), ({ number, contract, amount }, customerId) => [
      ReceivePayment,
      {
        paymentId: `${customerId}-p${number}`,
        customerId,
        amount,
        contractId: contract ? `${customerId}-k${contract}` : undefined,
      },
    ]),
    step(number, (number, id) => [ReversePayment, { paymentId: `${id}-p${number}`, reason: 'bounced' }]),
    step(number, (number, customerId) => [
      AddContact,
      { customerId, contactId: `${number}`, name: `contact ${number}` },
    ]),
    step(number, (number, customerId) => [RemoveContact, { customerId, contactId: `${number}` }]),
    step(fc.record({ number, employee }), ({ number, employee }, customerId) => [
      LogInteraction,
      { interactionId: `${customerId}-i${number}`, customerId, employeeId: employee, contactId: '1', kind: 'CALL' },
    ]),
    step(number, (number, id) => [RetractInteraction, { interactionId: `${id}-i${number}`, reason: 'wrong' }]),
    step(fc.record({ number, employee }), ({ number, employee }, customerId) => [
      AssignTask,
      { taskId: `${customerId}-t${number}`, customerId, title: 'call', assigneeId: employee, dueOn: '2026-03-01' },
    ]),
    step(number, (number, id) => [CompleteTask, { taskId: `${id}-t${number}`, result: 'done' }]),
    step(employee, (ownerId, customerId) => [HandOverCustomer, { customerId, ownerId }]),
    step(fc.constantFrom('A', 'B'), (creditGrade, customerId) => [SetCreditTerms, { customerId, creditGrade }]),
    step(fc.option(fc.constantFrom('机械', '电子')), (industry, customerId) => [
      ChangeCustomerProfile,
      { customerId, industry },
    ]),
    step(fc.constantFrom('华东组', '华东一组'), name => [RenameTeam, { teamId: 'east', name }]),
    step(fc.constantFrom('east', 'north'), teamId => [MoveEmployee, { employeeId: 'li', teamId }]),
  );

  it('equals the live card, whatever has happened', async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(steps, { minLength: 1, maxLength: 25 }), async happenings => {
        const customerId = `r${run++}`;
        await known(RegisterCustomer, { customerId, name: 'Random', ownerId: 'li' });
        for (const happening of happenings) {
          const [type, input] = happening(customerId);
          await known(type, input).catch(error => {
            if (!(error instanceof Refusal)) throw error;
          });
        }
        expect(await cardOf(customerId, crm.crm.now())).toEqual(await cardOf(customerId));
      }),
      { numRuns: 40 },
    );
  });
});
