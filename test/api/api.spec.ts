import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Client, type Receipt, startClient } from './client.js';

const cny = (minor: number) => ({ minor, currency: 'CNY' });
/** Ten in the morning in Shanghai. */
const on = (day: string) => ({ occurredAt: `${day}T02:00:00Z` });
const MARCH = '{ from: "2025-03-01", to: "2025-03-31" }';

describe('a sale from the lead to the payment', () => {
  let crm: Client;
  let li: string;
  let leadId: string;
  let customerId: string;
  let opportunityId: string;
  let contractId: string;
  let last: Receipt;
  beforeAll(async () => {
    crm = await startClient();
  });
  afterAll(() => crm?.close());

  const opportunity = (atLeast?: string) =>
    crm.query<{ opportunity: { status: string; stage: { code: string }; lossReason: string | null } }>(
      'query ($id: ID!, $atLeast: Position) { opportunity(id: $id, atLeast: $atLeast) { status stage { code } lossReason } }',
      { id: opportunityId, atLeast },
    );

  it('begins with somebody who is hired and a lead that is captured, assigned and qualified', async () => {
    const team = await crm.send('formTeam', { name: '华东组', ...on('2025-01-02') });
    const hired = await crm.send('hireEmployee', {
      name: '李雷',
      teamId: team.id,
      region: '华东',
      hiredOn: '2025-01-02',
    });
    li = hired.id;
    const captured = await crm.send('captureLead', {
      name: '王芳',
      company: '华东机电',
      source: '展会',
      ...on('2025-03-03'),
    });
    expect(captured).toEqual({ id: expect.any(String), revision: 0, position: expect.any(String), changed: true });
    leadId = captured.id;
    await crm.send('assignLead', { leadId, ownerId: li, ...on('2025-03-03') });
    const { position } = await crm.send('qualifyLead', { leadId, score: 80, ...on('2025-03-04') });
    const { lead } = await crm.query<{ lead: object }>(
      'query ($leadId: ID!, $position: Position!) { lead(id: $leadId, atLeast: $position) { status score owner { name team { name } } } }',
      { leadId, position },
    );
    expect(lead).toEqual({ status: 'QUALIFIED', score: 80, owner: { name: '李雷', team: { name: '华东组' } } });
  });

  it('becomes a customer with an opportunity when the lead is converted', async () => {
    await crm.send('convertLead', { leadId, opportunityName: '一号线', amount: cny(100_000), ...on('2025-03-05') });
    const { customer, opportunity } = await crm.eventually(
      'query ($leadId: ID!) { lead(id: $leadId) { status customer { id name owner { id } registeredOn } opportunity { id name status stage { code } openedOn amount { minor } } } }',
      { leadId },
      ({ lead }: { lead: Record<'customer' | 'opportunity', { id: string }> }) =>
        lead.customer && lead.opportunity && lead,
    );
    expect(customer).toMatchObject({ name: '华东机电', owner: { id: li }, registeredOn: '2025-03-05' });
    expect(opportunity).toMatchObject({
      name: '一号线',
      status: 'OPEN',
      stage: { code: 'NeedsConfirmed' },
      openedOn: '2025-03-05',
      amount: { minor: 100_000 },
    });
    customerId = customer.id;
    opportunityId = opportunity.id;
  });

  it('goes forward and back, and reads its own writes', async () => {
    const there = await crm.send('advanceStage', { opportunityId, stage: 'Negotiation', ...on('2025-03-06') });
    expect((await opportunity(there.position)).opportunity.stage.code).toBe('Negotiation');
    const back = await crm.send('stepBack', { opportunityId, stage: '方案报价', ...on('2025-03-07') });
    expect((await opportunity(back.position)).opportunity.stage.code).toBe('Proposal');
    expect(await crm.refusal('advanceStage', { opportunityId, stage: 'NeedsConfirmed' })).toMatchObject({
      extensions: { code: 'NOT_A_LATER_STAGE', field: 'stage', allowed: ['Negotiation'] },
    });
  });

  it('is not lost without a reason; with one it is, and can be reopened', async () => {
    const before = await crm.system.store.head();
    expect(await crm.refusal('loseOpportunity', { opportunityId })).toMatchObject({
      message: expect.stringContaining('"reason" of required type "String!" was not provided'),
      extensions: { code: 'BAD_USER_INPUT' },
    });
    expect(await crm.refusal('loseOpportunity', { opportunityId, reason: ' ' })).toMatchObject({
      extensions: { code: 'BAD_USER_INPUT', field: 'reason' },
    });
    expect(await crm.system.store.head()).toBe(before);
    const lost = await crm.send('loseOpportunity', { opportunityId, reason: '预算', ...on('2025-03-10') });
    expect((await opportunity(lost.position)).opportunity).toMatchObject({ status: 'LOST', lossReason: '预算' });
    expect(await crm.refusal('advanceStage', { opportunityId, stage: 'Negotiation' })).toMatchObject({
      extensions: { code: 'OPPORTUNITY_CLOSED' },
    });
    const reopened = await crm.send('reopenOpportunity', { opportunityId, ...on('2025-03-11') });
    expect((await opportunity(reopened.position)).opportunity).toEqual({
      status: 'OPEN',
      stage: { code: 'Proposal' },
      lossReason: null,
    });
  });

  it('is won by a signed contract, whose instalments have to add up', async () => {
    const draft = { customerId, opportunityId, number: 'HT-2025-1', amount: cny(100_000), ...on('2025-03-12') };
    const wrong = [
      { dueOn: '2025-04-01', minor: 50_000 },
      { dueOn: '2025-05-01', minor: 49_999 },
    ];
    const before = await crm.system.store.head();
    expect(await crm.refusal('draftContract', { ...draft, instalments: wrong })).toMatchObject({
      message: 'The instalments add up to CNY 999.99, but the contract is about CNY 1,000.00.',
      extensions: {
        code: 'INSTALMENTS_DONT_ADD_UP',
        field: 'instalments',
        allowed: 'a sum of 100000 in the smallest unit of CNY, not 99999',
      },
    });
    expect(await crm.system.store.head()).toBe(before);
    const right = [wrong[0], { dueOn: '2025-05-01', minor: 50_000 }];
    ({ id: contractId } = await crm.send('draftContract', { ...draft, instalments: right }));
    expect(await crm.refusal('draftContract', { ...draft, contractId: 'another' })).toMatchObject({
      extensions: { code: 'ALREADY_TAKEN', field: 'number' },
    });
    await crm.send('signContract', { contractId, ...on('2025-03-13') });
    const won = await crm.eventually(
      'query ($opportunityId: ID!) { opportunity(id: $opportunityId) { status closedOn contract { id number } } }',
      { opportunityId },
      ({ opportunity }: { opportunity: { status: string } }) => (opportunity.status === 'WON' ? opportunity : null),
    );
    expect(won).toEqual({ status: 'WON', closedOn: '2025-03-13', contract: { id: contractId, number: 'HT-2025-1' } });
  });

  it('is paid, and a payment can be taken back', async () => {
    const payment = { customerId, contractId, ...on('2025-03-20') };
    await crm.send('receivePayment', { ...payment, amount: cny(50_000) });
    const wrong = await crm.send('receivePayment', { ...payment, amount: cny(7) });
    last = await crm.send('reversePayment', { paymentId: wrong.id, reason: '误入账', ...on('2025-03-21') });
    const { contract } = await crm.query<{ contract: object }>(
      'query ($contractId: ID!, $atLeast: Position!) { contract(id: $contractId, atLeast: $atLeast) { received { minor } outstanding { minor } nextDueOn } }',
      { contractId, atLeast: last.position },
    );
    expect(contract).toEqual({ received: { minor: 50_000 }, outstanding: { minor: 50_000 }, nextDueOn: '2025-05-01' });
  });

  it('comes with tasks and visits', async () => {
    const assigned = { title: '上门安装', assigneeId: li, customerId, dueOn: '2025-03-25', ...on('2025-03-20') };
    const { id: taskId } = await crm.send('assignTask', assigned);
    await crm.send('acceptTask', { taskId, ...on('2025-03-21') });
    await crm.send('completeTask', { taskId, result: '完成', ...on('2025-03-24') });
    expect(await crm.refusal('cancelTask', { taskId, reason: '重复' })).toMatchObject({
      extensions: { code: 'TASK_COMPLETED' },
    });
    last = await crm.send('logInteraction', {
      customerId,
      employeeId: li,
      kind: 'VISIT',
      content: '验收',
      ...on('2025-03-24'),
    });
    const { tasks } = await crm.query<{ tasks: object }>(
      'query ($atLeast: Position!) { tasks(atLeast: $atLeast) { totalCount nodes { title status onTime completedOn } } }',
      { atLeast: last.position },
    );
    expect(tasks).toEqual({
      totalCount: 1,
      nodes: [{ title: '上门安装', status: 'COMPLETED', onTime: true, completedOn: '2025-03-24' }],
    });
  });

  it('is in the funnel, the lead funnel, the daily report and RFM at once', async () => {
    const report = await crm.query(
      `query ($atLeast: Position!) {
        funnel(cohort: ${MARCH}, atLeast: $atLeast) { won lost winRate stages { stage reached openHere } }
        leadFunnel(cohort: ${MARCH}, atLeast: $atLeast) { stages { stage reached } direct { opportunities } }
        salesDaily(from: "2025-03-01", to: "2025-03-31", atLeast: $atLeast) { totals {
          receipts { count amount { minor } } contractsSigned { count } newCustomers { count names }
          interactions { kind count } tasksTaken tasksCompleted newLeads newOpportunities
        } }
        rfm(asOf: "2025-03-31", atLeast: $atLeast) { customers { nodes { customerId recencyDays frequency monetary { minor } } } }
      }`,
      { atLeast: last.position },
    );
    const reached = (stage: string, count: number) => expect.objectContaining({ stage, reached: count });
    expect(report).toEqual({
      funnel: {
        won: 1,
        lost: 0,
        winRate: 1,
        stages: ['NeedsConfirmed', 'Proposal', 'Negotiation', 'won']
          .map(stage => reached(stage, 1))
          .concat(reached('paid', 0)),
      },
      leadFunnel: {
        stages: ['captured', 'qualified', 'converted', 'won']
          .map(stage => reached(stage, 1))
          .concat(reached('paid', 0)),
        direct: { opportunities: 0 },
      },
      salesDaily: {
        totals: {
          receipts: { count: 1, amount: { minor: 50_000 } },
          contractsSigned: { count: 1 },
          newCustomers: { count: 1, names: ['华东机电'] },
          interactions: [{ kind: 'VISIT', count: 1 }],
          tasksTaken: 1,
          tasksCompleted: 1,
          newLeads: 1,
          newOpportunities: 1,
        },
      },
      rfm: { customers: { nodes: [{ customerId, recencyDays: 11, frequency: 1, monetary: { minor: 50_000 } }] } },
    });
  });

  it('stands in the history of the customer, in order, with who and why', async () => {
    const { customerHistory } = await crm.query<{
      customerHistory: { nodes: { type: string; reason: string | null; actor: { id: string } }[] };
    }>(
      'query ($customerId: ID!, $atLeast: Position!) { customerHistory(customerId: $customerId, first: 100, atLeast: $atLeast) { nodes { type reason actor { id } } } }',
      { customerId, atLeast: last.position },
    );
    const types = customerHistory.nodes.map(({ type }) => type);
    expect(types).toEqual([
      'LeadCaptured',
      'LeadAssigned',
      'LeadQualified',
      'LeadConverted',
      'CustomerRegistered',
      'OpportunityOpened',
      'StageAdvanced',
      'StageAdvanced',
      'StageSteppedBack',
      'OpportunityLost',
      'OpportunityReopened',
      'ContractDrafted',
      'ContractSigned',
      'OpportunityWon',
      'PaymentReceived',
      'PaymentReceived',
      'PaymentReversed',
      'TaskAssigned',
      'TaskAccepted',
      'TaskCompleted',
      'InteractionLogged',
    ]);
    const reversed = customerHistory.nodes[types.indexOf('PaymentReversed')];
    expect(reversed).toMatchObject({ reason: '误入账', actor: { id: 'admin@localhost' } });
    expect(customerHistory.nodes[types.indexOf('OpportunityWon')]).toMatchObject({
      actor: { id: 'policy:signed-contract-wins-opportunity' },
    });
  });

  it('is not done twice when a client repeats a command that got lost', async () => {
    const again = {
      commandId: 'visit-1',
      customerId,
      employeeId: li,
      kind: 'CALL',
      content: '回访',
      ...on('2025-03-25'),
    };
    const first = await crm.send('logInteraction', again);
    expect(first.changed).toBe(true);
    const before = await crm.system.store.head();
    for (let times = 0; times < 2; times++)
      expect(await crm.send('logInteraction', again)).toEqual({ ...first, changed: false });
    expect(await crm.system.store.head()).toBe(before);
    const { interactions } = await crm.query<{ interactions: { totalCount: number } }>(
      'query ($atLeast: Position!) { interactions(filter: { kind: ["CALL"] }, atLeast: $atLeast) { totalCount } }',
      { atLeast: first.position },
    );
    expect(interactions.totalCount).toBe(1);
  });

  it('is done once when a client sends a command many times at the same time', async () => {
    const command = { commandId: 'advance-1', name: '并发', source: '电话' };
    const receipts = await Promise.all(Array.from({ length: 10 }, () => crm.send('captureLead', command)));
    expect(new Set(receipts.map(({ id }) => id)).size).toBe(1);
    expect(new Set(receipts.map(({ position }) => position)).size).toBe(1);
  });
});
