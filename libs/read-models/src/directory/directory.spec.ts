import { describe, expect, it } from '@jest/globals';
import type { CrmEvents } from '#crm/events.js';
import type { RecordedEvent } from '#event-sourcing/event.js';
import { foldInMemory } from '#projections/fold-in-memory.js';
import { tables } from './directory.projection.js';

type Happening = { [Type in keyof CrmEvents]: readonly [type: Type, data: CrmEvents[Type]] }[keyof CrmEvents];

/** Events at positions 10, 20 … on 1 March, 2 March …, with the ids e1, e2 … */
const eventsOf = (happenings: readonly Happening[]): RecordedEvent[] =>
  happenings.map(([type, data], index) => {
    const at = `2026-03-${String(index + 1).padStart(2, '0')}T04:00:00.000Z`;
    return {
      id: `e${index + 1}`,
      type,
      data,
      stream: 'test',
      revision: BigInt(index),
      position: BigInt(10 * (index + 1)),
      recordedAt: at,
      storedAt: at,
      metadata: {
        $correlationId: 'test',
        $causationId: 'test',
        actor: { id: 'tester', role: 'administrator' },
        occurredAt: at,
        schemaVersion: 1,
      },
    };
  });

const directoryAfter = (...happenings: readonly Happening[]) =>
  foldInMemory(tables, eventsOf(happenings), 'Asia/Shanghai');

const cny = (minor: number) => ({ minor, currency: 'CNY' });
const opened: Happening = [
  'OpportunityOpened',
  {
    opportunityId: 'o1',
    ownerId: 'li',
    pipelineId: 'default',
    pipelineVersion: 1,
    stages: ['A', 'B'],
    stageNames: ['甲', '乙'],
    openedOn: '2026-03-01',
  },
];
const instalments = [
  { dueOn: '2026-04-30', minor: 400 },
  { dueOn: '2026-05-31', minor: 600 },
];
const contract = { contractId: 'k1', customerId: 'c1', amount: cny(1_000), instalments };
const drafted: Happening = ['ContractDrafted', contract];
const signed: Happening = ['ContractSigned', { ...contract, signedOn: '2026-03-02' }];
const payment = (paymentId: string, minor: number) => ({
  paymentId,
  customerId: 'c1',
  contractId: 'k1',
  amount: cny(minor),
  paidOn: '2026-03-03',
});

describe('An opportunity in the directory', () => {
  it('remembers the stages that it came into, and whose it was then', () => {
    const { opportunities } = directoryAfter(
      opened,
      ['StageAdvanced', { opportunityId: 'o1', to: 'A' }],
      ['OpportunityHandedOver', { opportunityId: 'o1', ownerId: 'wang' }],
      ['StageAdvanced', { opportunityId: 'o1', from: 'A', to: 'B' }],
    );
    expect(opportunities).toHaveLength(1);
    expect(opportunities[0]).toMatchObject({
      stage: 'B',
      status: 'OPEN',
      ownerId: 'wang',
      position: 40,
      eventId: 'e4',
    });
    expect(opportunities[0]!.entries).toEqual([
      { stage: 'A', enteredOn: '2026-03-02', ownerId: 'li', eventId: 'e2', position: 20 },
      { stage: 'B', enteredOn: '2026-03-04', ownerId: 'wang', eventId: 'e4', position: 40 },
    ]);
  });

  it('keeps the stage in which it was lost, and forgets the loss when it is reopened', () => {
    const lost: Happening = [
      'OpportunityLost',
      { opportunityId: 'o1', from: 'A', reason: 'price', lostOn: '2026-03-03' },
    ];
    const history: Happening[] = [opened, ['StageAdvanced', { opportunityId: 'o1', to: 'A' }], lost];
    expect(directoryAfter(...history).opportunities[0]).toMatchObject({
      status: 'LOST',
      stage: 'A',
      lossReason: 'price',
      closedOn: '2026-03-03',
    });
    const reopened: Happening = ['OpportunityReopened', { opportunityId: 'o1', from: 'lost', to: 'B' }];
    const row = directoryAfter(...history, reopened).opportunities[0]!;
    expect(row).toMatchObject({ status: 'OPEN', stage: 'B', lossReason: null, closedOn: null });
    expect(row.entries.map(({ stage }) => stage)).toEqual(['A', 'lost', 'B']);
  });

  it('keeps its amount when only the expected day changes', () => {
    const [type, data] = opened as readonly ['OpportunityOpened', CrmEvents['OpportunityOpened']];
    const { opportunities } = directoryAfter(
      [type, { ...data, amount: cny(500) }],
      ['OpportunityReestimated', { opportunityId: 'o1', expectedCloseOn: '2026-09-30' }],
    );
    expect(opportunities[0]).toMatchObject({ amountMinor: 500, currency: 'CNY', expectedCloseOn: '2026-09-30' });
  });
});

describe('A contract in the directory', () => {
  it('owes nothing before it is signed', () => {
    expect(directoryAfter(drafted).contracts[0]).toMatchObject({
      status: 'DRAFT',
      outstandingMinor: 0,
      nextDueOn: null,
    });
  });

  it('owes what was not received, and knows when the next of it is due', () => {
    const paid = directoryAfter(drafted, signed, ['PaymentReceived', payment('p1', 450)]);
    expect(paid.contracts[0]).toMatchObject({
      receivedMinor: 450,
      outstandingMinor: 550,
      nextDueOn: '2026-05-31',
      eventId: 'e3',
    });
  });

  it('owes a payment again that was reversed', () => {
    const { contracts, payments } = directoryAfter(
      drafted,
      signed,
      ['PaymentReceived', payment('p1', 450)],
      ['PaymentReversed', { ...payment('p1', 450), reason: 'bounced', reversedOn: '2026-03-09' }],
    );
    expect(contracts[0]).toMatchObject({ receivedMinor: 0, outstandingMinor: 1_000, nextDueOn: '2026-04-30' });
    expect(payments[0]).toMatchObject({ status: 'REVERSED', reversedOn: '2026-03-09', reversalReason: 'bounced' });
  });

  it('shows by a negative amount that too much was received', () => {
    const { contracts } = directoryAfter(drafted, signed, ['PaymentReceived', payment('p1', 1_100)]);
    expect(contracts[0]).toMatchObject({ outstandingMinor: -100, nextDueOn: null });
  });

  it('owes nothing any more once it is terminated', () => {
    const { contracts } = directoryAfter(drafted, signed, [
      'ContractTerminated',
      { contractId: 'k1', customerId: 'c1', reason: 'bankrupt', terminatedOn: '2026-03-03' },
    ]);
    expect(contracts[0]).toMatchObject({ status: 'TERMINATED', outstandingMinor: 0, terminationReason: 'bankrupt' });
  });
});

describe('A customer in the directory', () => {
  const registered: Happening = [
    'CustomerRegistered',
    {
      customerId: 'c1',
      name: '华东机电',
      type: 'BUYER',
      industry: '机械',
      creditGrade: 'A',
      registeredOn: '2026-03-01',
    },
  ];

  it('keeps the history of its credit terms', () => {
    const { customers } = directoryAfter(registered, [
      'CreditTermsSet',
      { customerId: 'c1', paymentMethod: '月结30天' },
    ]);
    expect(customers[0]).toMatchObject({ creditGrade: 'A', paymentMethod: '月结30天' });
    expect(customers[0]!.creditTerms).toEqual([
      { creditGrade: 'A', paymentMethod: null, agreedAt: '2026-03-01T04:00:00.000Z', eventId: 'e1', position: 10 },
      {
        creditGrade: 'A',
        paymentMethod: '月结30天',
        agreedAt: '2026-03-02T04:00:00.000Z',
        eventId: 'e2',
        position: 20,
      },
    ]);
  });

  it('can lose a field of its profile', () => {
    const { customers } = directoryAfter(registered, ['CustomerProfileChanged', { customerId: 'c1', industry: null }]);
    expect(customers[0]).toMatchObject({ industry: null, name: '华东机电' });
  });

  it('shares no contact with another customer that numbers its contacts alike', () => {
    const { contacts } = directoryAfter(
      ['ContactAdded', { customerId: 'c1', contactId: '1', name: '张' }],
      ['ContactAdded', { customerId: 'c2', contactId: '1', name: '李', position: '采购' }],
      ['ContactChanged', { customerId: 'c2', contactId: '1', name: '李四' }],
      ['ContactRemoved', { customerId: 'c1', contactId: '1' }],
    );
    expect(contacts).toMatchObject([{ customerId: 'c2', name: '李四', role: null, createdPosition: 20, position: 30 }]);
  });
});

describe('Other records in the directory', () => {
  it('a converted lead names what it became', () => {
    const { leads } = directoryAfter(
      ['LeadCaptured', { leadId: 'l1', name: '张三', source: 'web' }],
      ['LeadQualified', { leadId: 'l1', score: 80 }],
      ['LeadConverted', { leadId: 'l1', customerId: 'c1', opportunityId: 'o1' }],
    );
    expect(leads[0]).toMatchObject({
      status: 'CONVERTED',
      score: 80,
      capturedOn: '2026-03-01',
      closedOn: '2026-03-03',
      customerId: 'c1',
      opportunityId: 'o1',
    });
  });

  it('a retracted interaction is gone', () => {
    const call = { interactionId: 'i1', customerId: 'c1', employeeId: 'li', kind: 'CALL', happenedOn: '2026-03-01' };
    expect(directoryAfter(['InteractionLogged', call]).interactions).toHaveLength(1);
    const retracted: Happening = ['InteractionRetracted', { ...call, reason: 'wrong customer' }];
    expect(directoryAfter(['InteractionLogged', call], retracted).interactions).toEqual([]);
  });

  it('a task that is passed on has to be accepted again', () => {
    const { tasks } = directoryAfter(
      ['TaskAssigned', { taskId: 't1', title: 'call back', assigneeId: 'li', dueOn: '2026-03-10' }],
      ['TaskAccepted', { taskId: 't1', assigneeId: 'li', acceptedOn: '2026-03-02' }],
      ['TaskReassigned', { taskId: 't1', assigneeId: 'wang', previousAssigneeId: 'li' }],
    );
    expect(tasks[0]).toMatchObject({
      status: 'ASSIGNED',
      assigneeId: 'wang',
      acceptedOn: null,
      assignedOn: '2026-03-01',
    });
  });

  it('a campaign shows its newest cost', () => {
    const { campaigns } = directoryAfter(
      ['CampaignPlanned', { campaignId: 'm1', name: '春季展会', cost: cny(100) }],
      ['CampaignLaunched', { campaignId: 'm1', launchedOn: '2026-03-02' }],
      ['CampaignCostRecorded', { campaignId: 'm1', cost: cny(250) }],
    );
    expect(campaigns[0]).toMatchObject({ status: 'RUNNING', amountMinor: 250, launchedOn: '2026-03-02' });
  });

  it('a history that is read from its middle makes no half records', () => {
    const folded = directoryAfter(['LeadQualified', { leadId: 'l1' }], signed, [
      'StageAdvanced',
      { opportunityId: 'o1', to: 'A' },
    ]);
    expect([folded.leads, folded.contracts, folded.opportunities]).toEqual([[], [], []]);
  });
});
