import { describe, expect, it } from '@jest/globals';
import type { Day, NewEvent } from '#event-sourcing/event.js';
import { foldInMemory } from '#projections/fold-in-memory.js';
import { happened, recorded } from '#test/support/history.js';
import { opportunities } from './funnel.projection.js';
import { stepsOf } from './funnel.steps.js';

const opened = happened('2026-03-01', 'OpportunityOpened', {
  opportunityId: 'o1',
  pipelineId: 'default',
  pipelineVersion: 1,
  stages: ['A', 'B', 'C'],
  ownerId: 'li',
  source: 'exhibition',
  amount: { minor: 500, currency: 'CNY' },
  openedOn: '2026-03-01',
});
const at = { opportunityId: 'o1' };
const advanced = (on: Day, to: string) => happened(on, 'StageAdvanced', { ...at, to });
const steppedBack = (on: Day, to: string) => happened(on, 'StageSteppedBack', { ...at, from: 'C', to });
const lost = (on: Day) => happened(on, 'OpportunityLost', { ...at, reason: 'too expensive', lostOn: on });
const won = (on: Day) => happened(on, 'OpportunityWon', { ...at, wonOn: on });
const reopened = (on: Day, to: string) => happened(on, 'OpportunityReopened', { ...at, from: 'lost', to });
const contract = { contractId: 'k1', customerId: 'c1', opportunityId: 'o1' };
const signed = happened('2026-03-08', 'ContractSigned', {
  ...contract,
  amount: { minor: 500, currency: 'CNY' },
  instalments: [
    { dueOn: '2026-04-01', minor: 200 },
    { dueOn: '2026-05-01', minor: 300 },
  ],
  signedOn: '2026-03-08',
});
const payment = (paymentId: string, minor: number) => ({
  ...contract,
  paymentId,
  amount: { minor, currency: 'CNY' },
  paidOn: '2026-04-01',
});
const received = (paymentId: string, minor: number) =>
  happened('2026-04-01', 'PaymentReceived', payment(paymentId, minor));

/** The opportunity after these events. */
function opportunityAfter(...events: readonly NewEvent[]) {
  const [row] = foldInMemory({ opportunities }, recorded([opened, ...events]), 'Asia/Shanghai').opportunities;
  return row!;
}

/** Which steps are reached in each mode, and where it is now. */
function counted(...events: readonly NewEvent[]) {
  const steps = stepsOf(opportunityAfter(...events));
  const where = (figure: keyof (typeof steps)[number]) => steps.filter(step => step[figure]).map(({ stage }) => stage);
  return {
    any: where('reachedAny').join(' '),
    strict: where('reachedStrict').join(' '),
    implied: where('reachedImplied').join(' '),
    here: [...where('openHere'), ...where('lostHere').map(stage => `lost ${stage}`), ...where('wonHere')].join(' '),
  };
}

describe('an opportunity in the funnel', () => {
  it('is in no cohort before it enters a stage', () => {
    expect(stepsOf(opportunityAfter())).toEqual([]);
    expect(stepsOf(opportunityAfter(lost('2026-03-02')))).toEqual([]);
  });

  it('belongs to the day of its first stage entry, and to whoever owned it then', () => {
    const handover = { ...at, ownerId: 'zhao', previousOwnerId: 'li' };
    const row = opportunityAfter(
      happened('2026-03-02', 'OpportunityHandedOver', handover),
      advanced('2026-03-03', 'A'),
      happened('2026-03-04', 'OpportunityHandedOver', { ...handover, ownerId: 'wang' }),
      advanced('2026-03-05', 'B'),
    );
    expect(row).toMatchObject({ cohortOn: '2026-03-03', ownerId: 'zhao', currentOwnerId: 'wang' });
  });

  it('that is won at once enters by that, and implies all stages before', () => {
    expect(opportunityAfter(won('2026-03-06')).cohortOn).toBe('2026-03-06');
    expect(counted(won('2026-03-06'))).toEqual({ any: 'won', strict: '', implied: 'A B C won', here: 'won' });
  });

  it('reaches the stages that it goes through, in all modes', () => {
    expect(counted(advanced('2026-03-02', 'A'), advanced('2026-03-03', 'B'))).toEqual({
      any: 'A B',
      strict: 'A B',
      implied: 'A B',
      here: 'B',
    });
  });

  it('that skips a stage was never in it, has implicitly reached it, and goes no further in strict order', () => {
    expect(counted(advanced('2026-03-02', 'A'), advanced('2026-03-03', 'C'))).toEqual({
      any: 'A C',
      strict: 'A',
      implied: 'A B C',
      here: 'C',
    });
  });

  it('that visits a skipped stage later has been in both in strict order only if it then goes on', () => {
    const back = [advanced('2026-03-02', 'A'), advanced('2026-03-03', 'C'), steppedBack('2026-03-04', 'B')];
    expect(counted(...back)).toEqual({ any: 'A B C', strict: 'A B', implied: 'A B C', here: 'B' });
    expect(counted(...back, advanced('2026-03-05', 'C')).strict).toBe('A B C');
  });

  it('counts once per stage, however often it comes back', () => {
    const events = [advanced('2026-03-02', 'A'), advanced('2026-03-03', 'B'), steppedBack('2026-03-04', 'A')];
    const steps = stepsOf(opportunityAfter(...events, advanced('2026-03-05', 'B')));
    const once = {
      ...{ lossReason: null, reachedAny: 1, reachedStrict: 1, reachedImplied: 1 },
      ...{ amountAny: 500, amountStrict: 500, amountImplied: 500, openHere: 0, lostHere: 0, wonHere: 0 },
    };
    expect(steps).toEqual([
      { ...once, stage: 'A' },
      { ...once, stage: 'B', openHere: 1 },
    ]);
  });

  it('that was lost stays in the cohort, with the reason, where it was lost', () => {
    const steps = stepsOf(
      opportunityAfter(advanced('2026-03-02', 'A'), advanced('2026-03-03', 'B'), lost('2026-03-04')),
    );
    expect(steps.at(-1)).toMatchObject({ stage: 'B', lossReason: 'too expensive', lostHere: 1, reachedAny: 0 });
    expect(steps.some(({ openHere }) => openHere)).toBe(false);
  });

  it('that stepped back before it was lost has implicitly reached only the stage in which it was lost', () => {
    const events = [
      advanced('2026-03-02', 'A'),
      advanced('2026-03-03', 'C'),
      steppedBack('2026-03-04', 'A'),
      lost('2026-03-05'),
    ];
    expect(counted(...events)).toEqual({ any: 'A C', strict: 'A', implied: 'A', here: 'lost A' });
  });

  it('that is reopened is open where it goes on, and keeps what it had reached', () => {
    const events = [
      advanced('2026-03-02', 'A'),
      advanced('2026-03-03', 'B'),
      lost('2026-03-05'),
      reopened('2026-03-09', 'A'),
    ];
    expect(counted(...events)).toEqual({ any: 'A B', strict: 'A B', implied: 'A B', here: 'A' });
  });

  it('that is reopened after it was won has reached `won`, but is not won any more', () => {
    expect(counted(advanced('2026-03-02', 'A'), won('2026-03-03'), reopened('2026-03-04', 'C'))).toEqual({
      any: 'A C won',
      strict: 'A',
      implied: 'A B C won',
      here: 'C',
    });
  });

  it('brings what was estimated last, or what it was won for', () => {
    const reestimated = happened('2026-03-03', 'OpportunityReestimated', {
      ...at,
      amount: { minor: 700, currency: 'USD' },
    });
    expect(opportunityAfter(reestimated)).toMatchObject({ amountMinor: 700, currency: 'USD' });
    const wonFor = happened('2026-03-04', 'OpportunityWon', {
      ...at,
      wonOn: '2026-03-04',
      amount: { minor: 650, currency: 'CNY' },
    });
    expect(opportunityAfter(reestimated, wonFor)).toMatchObject({ amountMinor: 650, currency: 'CNY' });
    expect(opportunityAfter(won('2026-03-04'))).toMatchObject({ amountMinor: 500, currency: 'CNY' });
  });
});

describe('paid, the last step of the funnel', () => {
  const sold = [advanced('2026-03-02', 'A'), won('2026-03-08'), signed];
  const isPaid = (...events: readonly NewEvent[]) => counted(...sold, ...events).implied === 'A B C won paid';

  it('is reached with the last instalment', () => {
    expect(isPaid()).toBe(false);
    expect(isPaid(received('p1', 200))).toBe(false);
    expect(isPaid(received('p1', 200), received('p2', 300))).toBe(true);
  });

  it('is left again when a payment is reversed', () => {
    const reversed = happened('2026-04-09', 'PaymentReversed', {
      ...payment('p1', 500),
      reason: 'bounced',
      reversedOn: '2026-04-09',
    });
    expect(isPaid(received('p1', 500), reversed)).toBe(false);
    expect(isPaid(received('p1', 500), reversed, received('p3', 500))).toBe(true);
  });

  it('needs every signed contract of the opportunity, and forgets a terminated one', () => {
    const second = { ...contract, contractId: 'k2' };
    const alsoSigned = happened('2026-04-02', 'ContractSigned', { ...signed.data, ...second });
    const terminated = happened('2026-04-05', 'ContractTerminated', {
      ...second,
      reason: 'withdrawn',
      terminatedOn: '2026-04-05',
    });
    expect(isPaid(received('p1', 500), alsoSigned)).toBe(false);
    expect(isPaid(received('p1', 500), alsoSigned, terminated)).toBe(true);
  });

  it('is not reached without a contract in force', () => {
    const terminated = happened('2026-04-05', 'ContractTerminated', {
      ...contract,
      reason: 'withdrawn',
      terminatedOn: '2026-04-05',
    });
    expect(isPaid(received('p1', 500), terminated)).toBe(false);
  });

  it('counts what was received before the contract was signed', () => {
    expect(counted(advanced('2026-03-02', 'A'), received('p1', 500), won('2026-03-08'), signed).any).toBe('A won paid');
  });

  it('is reached in strict order only by those who were in every stage', () => {
    const all = [advanced('2026-03-02', 'A'), advanced('2026-03-03', 'B'), advanced('2026-03-04', 'C')];
    expect(counted(...all, won('2026-03-08'), signed, received('p1', 500)).strict).toBe('A B C won paid');
    expect(counted(...sold, received('p1', 500)).strict).toBe('A');
  });
});
