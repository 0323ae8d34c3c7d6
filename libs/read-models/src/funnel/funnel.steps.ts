import type { Day } from '#event-sourcing/event.js';
import { type ContractsPaid, paidInFull } from '../shared/contracts-paid.js';

/** That an opportunity came into an open stage, or into `won`. */
export interface StageEntry {
  readonly stage: string;
  readonly on: Day;
}

/** What decides how far an opportunity counts. */
export interface Progress {
  readonly cohortOn: Day | null;
  /** The open stages of its pipeline, in order. */
  readonly stages: readonly string[];
  /** In the order in which they were recorded. */
  readonly entries: readonly StageEntry[];
  /** Set while it is lost. */
  readonly lossReason: string | null;
  readonly amountMinor: number;
  readonly contracts: ContractsPaid;
}

/** What one opportunity adds to the figures of one step; with a reason: what it adds to the losses there. */
export interface Step {
  readonly stage: string;
  readonly lossReason: string | null;
  readonly reachedAny: number;
  readonly reachedStrict: number;
  readonly reachedImplied: number;
  readonly amountAny: number;
  readonly amountStrict: number;
  readonly amountImplied: number;
  readonly openHere: number;
  readonly lostHere: number;
  readonly wonHere: number;
}

const nothing = {
  reachedAny: 0,
  reachedStrict: 0,
  reachedImplied: 0,
  amountAny: 0,
  amountStrict: 0,
  amountImplied: 0,
  openHere: 0,
  lostHere: 0,
  wonHere: 0,
};

/**
 * What an opportunity contributes: one line per step that it reached in some mode, and one for its loss. However often it came
 * back to a stage, it counts there once. Without any stage entry it is in no cohort and counts nowhere.
 */
export function stepsOf({ cohortOn, stages, entries, lossReason, amountMinor: amount, contracts }: Progress): Step[] {
  if (cohortOn === null) return [];
  const steps = [...stages, 'won', 'paid'];
  const paid = paidInFull(contracts);
  const wasIn = (step: string) => (step === 'paid' ? paid : entries.some(({ stage }) => stage === step));
  const here = entries.at(-1)!.stage;
  const lost = lossReason !== null;
  const strict = depthInOrder(steps, entries, paid);
  const implied = lost ? steps.indexOf(here) + 1 : steps.findLastIndex(wasIn) + 1;

  const contributions: Step[] = [];
  for (const [index, stage] of steps.entries()) {
    const reachedAny = wasIn(stage) ? 1 : 0;
    const reachedStrict = index < strict ? 1 : 0;
    const reachedImplied = index < implied ? 1 : 0;
    if (!reachedAny && !reachedStrict && !reachedImplied) continue;
    const stands = stage === here && !lost;
    contributions.push({
      stage,
      lossReason: null,
      reachedAny,
      reachedStrict,
      reachedImplied,
      amountAny: reachedAny * amount,
      amountStrict: reachedStrict * amount,
      amountImplied: reachedImplied * amount,
      openHere: stands && stage !== 'won' ? 1 : 0,
      lostHere: 0,
      wonHere: stands && stage === 'won' ? 1 : 0,
    });
  }
  if (lost) contributions.push({ ...nothing, stage: here, lossReason, lostHere: 1 });
  return contributions;
}

/** How many of the first steps it went through in their order, whatever it did in between. */
function depthInOrder(steps: readonly string[], entries: readonly StageEntry[], paid: boolean): number {
  let depth = 0;
  for (const { stage } of entries) if (stage === steps[depth]) depth++;
  return paid && steps[depth] === 'paid' ? depth + 1 : depth;
}
