import { describe, expect, it } from '@jest/globals';
import type { CrmEvents } from '#crm/events.js';
import type { NewEvent, RecordedEvent } from '#event-sourcing/event.js';
import { MemoryEventStore } from '#event-store/memory/memory-event-store.js';
import { Story } from './story.js';

type Happening = { [Type in keyof CrmEvents]: readonly [type: Type, data: CrmEvents[Type]] }[keyof CrmEvents];

let counted = 0;
const eventOf = ([type, data]: Happening, recordedAt: string): NewEvent => ({
  id: `00000000-0000-4000-8000-${String(++counted).padStart(12, '0')}`,
  type,
  data,
  recordedAt,
  metadata: {
    $correlationId: 'c',
    $causationId: 'c',
    actor: { id: 'li', role: 'salesperson' },
    onBehalfOf: 'wang',
    occurredAt: recordedAt,
    schemaVersion: 1,
  },
});

const at = (minute: number) => `2026-03-01T08:${String(minute).padStart(2, '0')}:00.000Z`;

/** A log of these happenings, one a minute, and what each one changed, in words. */
async function told(
  happenings: readonly (readonly [stream: string, happening: Happening, minute?: number])[],
  knownAt?: string,
) {
  const store = new MemoryEventStore();
  const revisions = new Map<string, bigint>();
  for (const [count, [stream, happening, minute = count]] of happenings.entries()) {
    const { revision } = await store.append(stream, revisions.get(stream) ?? 'noStream', [
      eventOf(happening, at(minute)),
    ]);
    revisions.set(stream, revision);
  }
  const events: RecordedEvent[] = [];
  for await (const { events: page } of store.readAll({})) events.push(...page);
  return {
    events,
    store,
    texts: async (from = 0) => {
      const story = new Story(store, events.slice(from), knownAt);
      return Promise.all(events.slice(from).map(async event => (await story.changesOf(event)).map(({ text }) => text)));
    },
  };
}

const opened = [
  'opportunity-o1',
  [
    'OpportunityOpened',
    {
      opportunityId: 'o1',
      customerId: 'c1',
      ownerId: 'li',
      pipelineId: 'p',
      pipelineVersion: 1,
      stages: ['Proposal', 'Negotiation'],
      stageNames: ['方案报价', '合同谈判'],
      openedOn: '2026-03-01',
      amount: { minor: 123_450, currency: 'CNY' },
    },
  ],
] as const;

describe('What an event changed', () => {
  it('is told before and after, with the names of stages, amounts and people', async () => {
    const { texts } = await told([
      ['employee-li', ['EmployeeHired', { employeeId: 'li', name: '李' }]],
      ['employee-wang', ['EmployeeHired', { employeeId: 'wang', name: '王' }]],
      opened,
      ['opportunity-o1', ['StageAdvanced', { opportunityId: 'o1', customerId: 'c1', ownerId: 'li', to: 'Proposal' }]],
      ['opportunity-o1', ['StageAdvanced', { opportunityId: 'o1', from: 'Proposal', to: 'Negotiation' }]],
      [
        'opportunity-o1',
        ['OpportunityReestimated', { opportunityId: 'o1', amount: { minor: 200_000, currency: 'CNY' } }],
      ],
      ['opportunity-o1', ['OpportunityHandedOver', { opportunityId: 'o1', ownerId: 'wang', previousOwnerId: 'zhao' }]],
      ['opportunity-o1', ['OpportunityLost', { opportunityId: 'o1', reason: '价格', lostOn: '2026-03-02' }]],
      ['opportunity-o1', ['OpportunityReopened', { opportunityId: 'o1', from: 'lost', to: 'Proposal' }]],
    ]);
    expect((await texts()).slice(3)).toEqual([
      ['Stage: – → 方案报价'],
      ['Stage: 方案报价 → 合同谈判'],
      ['Amount: 1,234.50 CNY → 2,000.00 CNY'],
      // Not from what the event says of the owner before: from who it was.
      ['Owner: 李 → 王'],
      ['Status: 进行中 → 丢单', 'Reason: – → 价格', 'Closed on: – → 2026-03-02'],
      ['Status: 丢单 → 进行中', 'Stage: 合同谈判 → 方案报价', 'Reason: 价格 → –', 'Closed on: 2026-03-02 → –'],
    ]);
  });

  it('is told alike when only the end of the history is looked at', async () => {
    const { texts } = await told([
      opened,
      ['opportunity-o1', ['StageAdvanced', { opportunityId: 'o1', to: 'Proposal' }]],
      ['opportunity-o1', ['StageAdvanced', { opportunityId: 'o1', to: 'Negotiation' }]],
    ]);
    expect(await texts(2)).toEqual([['Stage: 方案报价 → 合同谈判']]);
  });

  it('names records as they were called at the time', async () => {
    const { texts } = await told([
      ['team-t', ['TeamFormed', { teamId: 't', name: '华东一部' }]],
      ['employee-li', ['EmployeeHired', { employeeId: 'li', name: '李', teamId: 't' }]],
      ['team-t', ['TeamRenamed', { teamId: 't', name: '东区' }]],
      ['employee-han', ['EmployeeHired', { employeeId: 'han', name: '韩', teamId: 't' }]],
    ]);
    expect(await texts()).toEqual([
      ['Name: – → 华东一部'],
      ['Status: – → 在职', 'Name: – → 李', 'Team: – → 华东一部'],
      ['Name: 华东一部 → 东区'],
      ['Status: – → 在职', 'Name: – → 韩', 'Team: – → 东区'],
    ]);
  });

  it('leaves out what was not known yet', async () => {
    const changed = (industry: string): [string, Happening] => [
      'customer-c1',
      ['CustomerProfileChanged', { customerId: 'c1', industry }],
    ];
    // The second one was recorded by a process whose clock was ahead, so that at minute 2 only the others were known.
    const happenings = [changed('机械'), [...changed('电子'), 30] as const, changed('化工')];
    const known = await told(happenings, at(2));
    expect(await known.texts(2)).toEqual([['Industry: 机械 → 化工']]);
    const everything = await told(happenings);
    expect(await everything.texts(2)).toEqual([['Industry: 电子 → 化工']]);
  });

  it('tells a contact apart from the customer and from other contacts', async () => {
    const { texts } = await told([
      [
        'customer-c1',
        ['CustomerRegistered', { customerId: 'c1', name: '华东机电', type: 'BUYER', registeredOn: '2026-03-01' }],
      ],
      ['customer-c1', ['ContactAdded', { customerId: 'c1', contactId: '1', name: '张', phone: '021' }]],
      ['customer-c1', ['ContactAdded', { customerId: 'c1', contactId: '2', name: '李' }]],
      ['customer-c1', ['ContactChanged', { customerId: 'c1', contactId: '1', name: '张三' }]],
      [
        'interaction-i1',
        [
          'InteractionLogged',
          {
            interactionId: 'i1',
            customerId: 'c1',
            employeeId: 'li',
            contactId: '1',
            kind: 'CALL',
            happenedOn: '2026-03-01',
          },
        ],
      ],
      ['customer-c1', ['ContactRemoved', { customerId: 'c1', contactId: '2' }]],
    ]);
    expect((await texts()).slice(3)).toEqual([
      ['Name: 张 → 张三', 'Phone: 021 → –'],
      [
        'Status: – → 已记录',
        'Kind: – → CALL',
        'Employee: – → li',
        'Customer: – → 华东机电',
        'Contact: – → 张三',
        'Happened on: – → 2026-03-01',
      ],
      ['Status: 有效 → 已删除'],
    ]);
  });

  it('is nothing for an event that says what was known already', async () => {
    const { texts } = await told([
      opened,
      ['opportunity-o1', ['OpportunityReestimated', { opportunityId: 'o1', customerId: 'c1', ownerId: 'li' }]],
    ]);
    expect((await texts())[1]).toEqual([]);
  });

  it('names who acted and for whom, as employee or account', async () => {
    const { events, store } = await told([
      ['employee-wang', ['EmployeeHired', { employeeId: 'wang', name: '王' }]],
      ['account-li', ['AccountOpened', { accountId: 'li', name: '合作伙伴', role: 'external' }]],
    ]);
    const story = new Story(store, events);
    const names = async (minute: number) => [
      await story.personAt(at(minute), 'li'),
      await story.personAt(at(minute), 'wang'),
    ];
    expect([await names(0), await names(1)]).toEqual([
      [null, '王'],
      ['合作伙伴', '王'],
    ]);
  });
});
