import fc from 'fast-check';
import type { CrmEvents } from '#crm/events.js';
import { addDays } from '#event-sourcing/business-time.js';
import type { Day, NewEvent } from '#event-sourcing/event.js';
import { happened } from '#test/support/history.js';

type Type = keyof CrmEvents & string;
export type Happened = { [T in Type]: NewEvent<T, CrmEvents[T]> }[Type];

export const stages = ['A', 'B', 'C'];
const FIRST_DAY = '2025-11-20';
const owners = ['chen', 'li', 'wang', undefined];
const teams = ['east', 'west', 'rest'];

/** What somebody does to an opportunity; what makes no sense at that moment is left out. */
const move = fc.record({
  what: fc.constantFrom(
    ...(['advance', 'advance', 'advance', 'back', 'lose', 'reopen', 'win', 'win', 'handOver', 'reestimate'] as const),
    ...(['sign', 'sign', 'terminate', 'pay', 'pay', 'reverse'] as const),
  ),
  /** Days since the one before was recorded, and how many days earlier it happened. */
  later: fc.nat(25),
  late: fc.constantFrom(0, 0, 0, 1, 12, 40),
  choice: fc.nat(5),
});
type Move = typeof move extends fc.Arbitrary<infer T> ? T : never;

const amount = fc.option(fc.record({ minor: fc.nat(1_000), currency: fc.constantFrom('CNY', 'CNY', 'USD') }), {
  nil: undefined,
});
const begin = {
  day: fc.nat(120),
  owner: fc.constantFrom(...owners),
  source: fc.constantFrom('web', 'fair', undefined),
  campaignId: fc.constantFrom('spring', undefined),
  amount,
  moves: fc.array(move, { maxLength: 9 }),
};
const deal = fc.record(begin);
type Deal = typeof deal extends fc.Arbitrary<infer T> ? T : never;
const lead = fc.record({
  ...begin,
  qualified: fc.boolean(),
  fate: fc.constantFrom('new', 'disqualified', 'converted'),
});
type Lead = typeof lead extends fc.Arbitrary<infer T> ? T : never;

const change = fc.record({
  employeeId: fc.constantFrom('chen', 'li', 'wang'),
  teamId: fc.constantFrom(...teams, undefined),
  region: fc.constantFrom('South', undefined, undefined),
  day: fc.nat(150),
  late: fc.constantFrom(0, 3, 60),
});

/** What happened in a company over some months, in the order in which it was recorded. */
export const histories: fc.Arbitrary<Happened[]> = fc
  .record({
    deals: fc.array(deal, { minLength: 20, maxLength: 50 }),
    leads: fc.array(lead, { minLength: 10, maxLength: 30 }),
    changes: fc.array(change, { minLength: 4, maxLength: 10 }),
  })
  .map(({ deals, leads, changes }) => {
    const events = [
      ...organisation(),
      ...changes.map(({ employeeId, teamId, region, day, late }) => {
        const recordedOn = addDays(FIRST_DAY, day);
        const data = { employeeId, teamId, region, effectiveOn: addDays(recordedOn, -late) };
        return happened(recordedOn, 'EmployeeMoved', data, recordedOn) as Happened;
      }),
      ...deals.flatMap((deal, index) => eventsOf(`o${index}`, deal, openingOf(`o${index}`, deal))),
      ...leads.flatMap((lead, index) => eventsOfLead(`l${index}`, lead)),
    ];
    // Stable, so that what was recorded on one day stays in order.
    return events.sort((a, b) => (a.recordedAt < b.recordedAt ? -1 : a.recordedAt > b.recordedAt ? 1 : 0));
  });

function organisation(): Happened[] {
  const hired = (employeeId: string, teamId?: string, region?: string) =>
    happened(FIRST_DAY, 'EmployeeHired', { employeeId, name: `${employeeId}!`, teamId, region, hiredOn: '2026-01-15' });
  return [
    happened(FIRST_DAY, 'PipelineDefined', {
      pipelineId: 'default',
      name: '默认',
      stages: stages.map(stage => ({ stage, name: stage })),
    }),
    happened(FIRST_DAY, 'TeamFormed', { teamId: 'east', name: 'Team East', region: 'East' }),
    happened(FIRST_DAY, 'TeamFormed', { teamId: 'west', name: 'Team West', region: 'West' }),
    happened(FIRST_DAY, 'TeamFormed', { teamId: 'rest', name: 'Team Rest' }),
    hired('chen', 'east'),
    hired('li', 'west', 'North'),
    hired('wang'),
  ];
}

function openingOf(opportunityId: string, { day, owner, source, campaignId, amount }: Deal, leadId?: string): Happened {
  const on = addDays(FIRST_DAY, day);
  const pipeline = { pipelineId: 'default', pipelineVersion: 1, stages };
  const data = { opportunityId, ownerId: owner, source, campaignId, amount, leadId, ...pipeline, openedOn: on };
  return happened(on, 'OpportunityOpened', data);
}

function eventsOfLead(leadId: string, lead: Lead): Happened[] {
  const { day, owner: ownerId, source, campaignId, qualified, fate, amount } = lead;
  const on = addDays(FIRST_DAY, day);
  const opportunityId = `${leadId}-opportunity`;
  const events: Happened[] = [happened(on, 'LeadCaptured', { leadId, name: leadId, ownerId, source, campaignId })];
  if (qualified) events.push(happened(addDays(on, 1), 'LeadQualified', { leadId, ownerId }));
  if (fate === 'disqualified')
    events.push(happened(addDays(on, 3), 'LeadDisqualified', { leadId, reason: qualified ? 'no budget' : 'a joke' }));
  if (fate !== 'converted') return events;
  const conversion = { leadId, customerId: 'c1', opportunityId, ownerId, source, campaignId, amount };
  events.push(happened(addDays(on, 2), 'LeadConverted', conversion));
  const deal = { ...lead, day: day + 2 };
  return [...events, ...eventsOf(opportunityId, deal, openingOf(opportunityId, deal, leadId))];
}

/** The opportunity with what is done to it, as far as it makes sense. */
function eventsOf(opportunityId: string, { day, owner, moves }: Deal, opening: Happened): Happened[] {
  const events = [opening];
  const state: State = { ownerId: owner, contracts: [], payments: [] };
  let recordedOn = addDays(FIRST_DAY, day);
  for (const [index, step] of moves.entries()) {
    recordedOn = addDays(recordedOn, step.later);
    const event = act(opportunityId, state, step, `${opportunityId}-${index}`, recordedOn);
    if (event) events.push(event);
  }
  return events;
}

interface State {
  ownerId?: string;
  stage?: string;
  end?: 'won' | 'lost';
  contracts: string[];
  payments: CrmEvents['PaymentReceived'][];
}

function act(opportunityId: string, state: State, { what, late, choice }: Move, id: string, recordedOn: Day) {
  const on = addDays(recordedOn, -late);
  const of = { opportunityId, ownerId: state.ownerId };
  const event = <T extends Type>(type: T, data: CrmEvents[T]) => happened(on, type, data, recordedOn) as Happened;
  const money = { minor: choice * 100, currency: 'CNY' };
  const contractId = state.contracts[choice % state.contracts.length];
  const here = state.stage ? stages.indexOf(state.stage) : -1;
  switch (what) {
    case 'advance': {
      const to = stages[here + 1 + (choice % 2)];
      if (state.end || !to) return;
      const from = state.stage;
      state.stage = to;
      return event('StageAdvanced', { ...of, from, to });
    }
    case 'back': {
      if (state.end || here < 1) return;
      const from = state.stage!;
      state.stage = stages[choice % here]!;
      return event('StageSteppedBack', { ...of, from, to: state.stage });
    }
    case 'lose':
      if (state.end) return;
      state.end = 'lost';
      return event('OpportunityLost', { ...of, from: state.stage, reason: `reason ${choice % 3}`, lostOn: on });
    case 'win':
      if (state.end) return;
      state.end = 'won';
      return event('OpportunityWon', { ...of, from: state.stage, amount: choice ? money : undefined, wonOn: on });
    case 'reopen': {
      if (!state.end) return;
      const from = state.end;
      state.end = undefined;
      state.stage = stages[choice % 3]!;
      return event('OpportunityReopened', { ...of, from, to: state.stage });
    }
    case 'handOver': {
      const ownerId = ['chen', 'li', 'wang'][choice % 3]!;
      state.ownerId = ownerId;
      return event('OpportunityHandedOver', { opportunityId, ownerId });
    }
    case 'reestimate':
      if (state.end) return;
      return event('OpportunityReestimated', { ...of, amount: money });
    case 'sign':
      state.contracts.push(id);
      return event('ContractSigned', {
        contractId: id,
        customerId: 'c1',
        opportunityId,
        amount: { minor: 200, currency: 'CNY' },
        instalments: [{ dueOn: on, minor: 200 }],
        signedOn: on,
      });
    case 'terminate':
      if (!contractId) return;
      return event('ContractTerminated', {
        contractId,
        customerId: 'c1',
        opportunityId,
        reason: 'withdrawn',
        terminatedOn: on,
      });
    case 'pay': {
      if (!contractId) return;
      const amount = { minor: 100 + 100 * (choice % 2), currency: 'CNY' };
      const data = { paymentId: id, customerId: 'c1', contractId, opportunityId, amount, paidOn: on };
      state.payments.push(data);
      return event('PaymentReceived', data);
    }
    case 'reverse': {
      const payment = state.payments.pop();
      if (!payment) return;
      return event('PaymentReversed', { ...payment, reason: 'bounced', reversedOn: on });
    }
  }
}
