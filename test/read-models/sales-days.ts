import fc from 'fast-check';
import type { CrmEvents } from '#crm/events.js';
import { addDays } from '#event-sourcing/business-time.js';
import type { NewEvent } from '#event-sourcing/event.js';
import { happened } from '../support/history.js';

type Type = keyof CrmEvents & string;
export type Happened = { [T in Type]: NewEvent<T, CrmEvents[T]> }[Type];

const FIRST = '2026-01-01';

const deed = fc.record({
  what: fc.constantFrom(
    'pay',
    'pay',
    'reverse',
    'sign',
    'register',
    'visit',
    'retract',
    'accept',
    'complete',
    'capture',
    'open',
  ),
  day: fc.nat(60),
  /** Days until it was recorded. */
  late: fc.constantFrom(0, 0, 0, 1, 20),
  /** Days until it was taken back, if it is. */
  after: fc.nat(30),
  owner: fc.constantFrom('e0', 'e1', 'e2', 'stranger', undefined),
  choice: fc.nat(3),
});
type Deed = typeof deed extends fc.Arbitrary<infer T> ? T : never;

const move = fc.record({
  employeeId: fc.constantFrom('e0', 'e1', 'e2'),
  teamId: fc.constantFrom('east', 'west', undefined),
  region: fc.constantFrom('North', undefined, undefined),
  day: fc.nat(60),
  late: fc.constantFrom(0, 0, 15),
});

/** What a few people did over two months, in the order in which it was recorded. */
export const companies: fc.Arbitrary<Happened[]> = fc
  .record({
    deeds: fc.array(deed, { minLength: 20, maxLength: 120 }),
    moves: fc.array(move, { maxLength: 5 }),
    hired: fc.tuple(fc.option(fc.nat(40)), fc.option(fc.nat(40)), fc.constant(null)),
    dismissed: fc.option(fc.integer({ min: 40, max: 60 }), { nil: undefined }),
  })
  .map(({ deeds, moves, hired, dismissed }) => {
    const events: Happened[] = [
      happened(FIRST, 'TeamFormed', { teamId: 'east', name: 'East', region: 'East' }),
      happened(FIRST, 'TeamFormed', { teamId: 'west', name: 'West', region: 'West' }),
      ...hired.map((day, index) =>
        happened(FIRST, 'EmployeeHired', {
          employeeId: `e${index}`,
          name: `Employee ${index}`,
          teamId: ['east', 'west', undefined][index],
          hiredOn: day === null ? undefined : addDays(FIRST, day),
        }),
      ),
      ...moves.map(({ employeeId, teamId, region, day, late }) => {
        const effectiveOn = addDays(FIRST, day);
        return happened(
          effectiveOn,
          'EmployeeMoved',
          { employeeId, teamId, region, effectiveOn },
          addDays(effectiveOn, late),
        );
      }),
      ...deeds.flatMap(eventsOf),
    ];
    if (dismissed !== undefined) {
      const dismissedOn = addDays(FIRST, dismissed);
      events.push(happened(dismissedOn, 'EmployeeDismissed', { employeeId: 'e0', dismissedOn }));
    }
    // Stable: what was recorded on one day stays in order.
    return events.sort((a, b) => (a.recordedAt < b.recordedAt ? -1 : a.recordedAt > b.recordedAt ? 1 : 0));
  });

function eventsOf({ what, day, late, after, owner, choice }: Deed, index: number): Happened[] {
  const on = addDays(FIRST, day);
  const recordedOn = addDays(on, late);
  const undoneOn = addDays(recordedOn, after);
  const id = `${index}`;
  const amount = { minor: (choice + 1) * 100, currency: choice === 3 ? 'USD' : 'CNY' };
  const event = <T extends Type>(type: T, data: CrmEvents[T]) => happened(on, type, data, recordedOn) as Happened;
  const customerId = `c${id}`;
  const person = owner ?? 'e1';
  switch (what) {
    case 'pay':
    case 'reverse': {
      const data = { paymentId: id, customerId, ownerId: owner, amount, paidOn: on };
      const received = event('PaymentReceived', data);
      if (what === 'pay') return [received];
      return [received, happened(undoneOn, 'PaymentReversed', { ...data, reason: 'bounced', reversedOn: undoneOn })];
    }
    case 'sign': {
      const data = { contractId: id, customerId, ownerId: owner, amount, instalments: [], signedOn: on };
      const end = { contractId: id, customerId, reason: 'withdrawn', terminatedOn: undoneOn };
      return [event('ContractSigned', data), happened(undoneOn, 'ContractTerminated', end)];
    }
    case 'register': {
      const data = { customerId, name: `Customer ${id}`, type: 'company', ownerId: owner, registeredOn: on };
      const renamed = { customerId, name: `Renamed ${id}` };
      return [event('CustomerRegistered', data), happened(undoneOn, 'CustomerProfileChanged', renamed)];
    }
    case 'visit':
    case 'retract': {
      const kind = ['VISIT', 'CALL', 'EMAIL', 'MEETING'][choice]!;
      const data = { interactionId: id, customerId, employeeId: person, kind, happenedOn: on };
      const logged = event('InteractionLogged', data);
      return what === 'visit'
        ? [logged]
        : [logged, happened(undoneOn, 'InteractionRetracted', { ...data, reason: 'error' })];
    }
    case 'accept':
      return [event('TaskAccepted', { taskId: `t${choice}`, assigneeId: person, acceptedOn: on })];
    case 'complete':
      return [event('TaskCompleted', { taskId: id, assigneeId: person, completedOn: on, onTime: true })];
    case 'capture':
      return [event('LeadCaptured', { leadId: id, name: `Lead ${id}`, ownerId: owner })];
    case 'open': {
      const pipeline = { pipelineId: 'default', pipelineVersion: 1, stages: [] };
      return [event('OpportunityOpened', { opportunityId: id, ownerId: owner, ...pipeline, openedOn: on })];
    }
  }
}
