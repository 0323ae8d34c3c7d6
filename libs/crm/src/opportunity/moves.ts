import type { Day, EventOf, Instant } from '#event-sourcing/event.js';
import { refuse } from '#event-sourcing/refusal.js';
import { type Money, sameMoney } from '../money.js';
import type { OpportunityEvents } from './opportunity.events.js';
import { mustBeEarlier, mustBeLater } from './stages.js';

/** What an opportunity's decisions depend on. */
export interface Opportunity {
  readonly opened?: OpportunityEvents['OpportunityOpened'];
  readonly ownerId?: string;
  readonly amount?: Money;
  readonly expectedCloseOn?: Day;
  /** The open stage that it is in, or was in when it ended; none before it entered the first one. */
  readonly stage?: string;
  readonly end?: 'won' | 'lost';
  /** When it came into which stage or end, in the order of the log. */
  readonly entries: readonly { readonly stage: string; readonly at: Instant }[];
  /** When what it may bring was last estimated anew. */
  readonly estimatedAt?: Instant;
}

type Decision = readonly EventOf<OpportunityEvents>[];

/** An opportunity that was won or lost is closed; only what repeats its end, a reopening or a handover is accepted. */
export function mustBeOpen({ end }: Opportunity): void {
  if (end) throw refuse('OPPORTUNITY_CLOSED', `The opportunity was ${end} already. Reopen it first.`);
}

/** Whose it is: stands in every event, for those who read only some types. */
export function concerning({ opened, ownerId }: Opportunity) {
  return { opportunityId: opened!.opportunityId, customerId: opened!.customerId, ownerId };
}

/** Into an open stage from wherever it is: forward, back, or out of its end. */
export function enter(stage: string, state: Opportunity): Decision {
  if (state.end) return reopen(stage, state);
  if (state.stage === stage) return [];
  const { stages } = state.opened!;
  const back = state.stage !== undefined && stages.indexOf(stage) < stages.indexOf(state.stage);
  return back ? stepBack(stage, state) : advance(stage, state);
}

/** @throws Refusal OPPORTUNITY_CLOSED, NOT_A_LATER_STAGE */
export function advance(to: string, state: Opportunity): Decision {
  mustBeOpen(state);
  if (state.stage === to) return [];
  mustBeLater(state.stage, to, state.opened!);
  return [{ type: 'StageAdvanced', data: { ...concerning(state), from: state.stage, to } }];
}

/** @throws Refusal OPPORTUNITY_CLOSED, NOT_AN_EARLIER_STAGE */
export function stepBack(to: string, state: Opportunity): Decision {
  mustBeOpen(state);
  if (state.stage === to) return [];
  mustBeEarlier(state.stage, to, state.opened!);
  return [{ type: 'StageSteppedBack', data: { ...concerning(state), from: state.stage, to } }];
}

/** @throws Refusal OPPORTUNITY_CLOSED if it was lost */
export function win(
  state: Opportunity,
  wonOn: Day,
  { amount, contractId }: { amount?: Money; contractId?: string },
): Decision {
  if (state.end === 'won') return [];
  mustBeOpen(state);
  const data = { ...concerning(state), from: state.stage, amount: amount ?? state.amount, contractId, wonOn };
  return [{ type: 'OpportunityWon', data }];
}

/** @throws Refusal OPPORTUNITY_CLOSED if it was won, REASON_REQUIRED */
export function lose(state: Opportunity, lostOn: Day, reason: string | undefined): Decision {
  if (state.end === 'lost') return [];
  mustBeOpen(state);
  if (!reason)
    throw refuse('REASON_REQUIRED', 'Say why the opportunity was lost.', { field: 'reason', allowed: 'the reason' });
  return [{ type: 'OpportunityLost', data: { ...concerning(state), from: state.stage, reason, lostOn } }];
}

/** @throws Refusal OPPORTUNITY_OPEN if there is nothing to reopen */
export function reopen(to: string, state: Opportunity): Decision {
  if (!state.end && state.stage === to) return [];
  if (!state.end)
    throw refuse('OPPORTUNITY_OPEN', 'The opportunity is open. Advance it or step it back instead of reopening it.');
  return [{ type: 'OpportunityReopened', data: { ...concerning(state), from: state.end, to } }];
}

/**
 * Whether it was in that stage or end at a time before its last entry. An import that is repeated says so once more, after the
 * opportunity has moved on.
 * @throws Refusal LATER_STAGE_KNOWN if it was not: put there now, it would look as if it had gone back.
 */
export function wasIn(stage: string, { entries }: Opportunity, at: Instant): boolean {
  const last = entries.at(-1);
  if (!last || last.at <= at) return false;
  if (entries.findLast(entry => entry.at <= at)?.stage === stage) return true;
  throw refuse('LATER_STAGE_KNOWN', `“${last.stage}” is recorded already, and it came later.`, {
    field: 'occurredAt',
    allowed: `from ${last.at} on`,
  });
}

/** What differs from the estimate so far; nothing if it is the same. */
export function reestimate(state: Opportunity, given: { amount?: Money; expectedCloseOn?: Day }): Decision {
  const amount = given.amount && !sameMoney(given.amount, state.amount) ? given.amount : undefined;
  const expectedCloseOn = given.expectedCloseOn === state.expectedCloseOn ? undefined : given.expectedCloseOn;
  if (!amount && !expectedCloseOn) return [];
  return [{ type: 'OpportunityReestimated', data: { ...concerning(state), amount, expectedCloseOn } }];
}
