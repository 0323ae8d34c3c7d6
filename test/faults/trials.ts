import { randomInt } from 'node:crypto';
import { Random } from '#apps/demo/src/random.js';

/** A figure that a run measured: shown beside the seed, so that a report can quote it. */
export type Figures = Readonly<Record<string, string | number>>;

/** How often the fault is tried. */
export interface Trials {
  /** As part of `npm test`: seconds. */
  readonly short: number;
  /** With `npm run test:faults`, the number that the promise names. */
  readonly full: number;
}

/** `FAULT_TRIALS=full` tries all, `FAULT_TRIALS=10` tries ten times, and without it the short version runs. */
export function trials({ short, full }: Trials): number {
  const wanted = process.env.FAULT_TRIALS;
  if (!wanted) return short;
  if (wanted === 'full') return full;
  const count = Number(wanted);
  if (!Number.isInteger(count) || count < 1)
    throw new Error(`FAULT_TRIALS is "${wanted}"; allowed is full or a number from 1.`);
  return count;
}

/** Whether more than the short version is wanted: then a single trial takes its full time as well. */
export const thorough = Boolean(process.env.FAULT_TRIALS);

/** Nothing may hang for ever; all trials of the slowest test take half an hour, and a busy machine ten times as long as an idle one. */
export const PATIENCE_MS = thorough ? 60 * 60_000 : 300_000;

/** Randomness that a failed run can repeat: `FAULT_SEED=<seed>`. What the scheduler does stays its own. */
export class Chance extends Random {
  constructor(readonly seed: number = Number(process.env.FAULT_SEED ?? randomInt(2 ** 31))) {
    super(seed);
  }
}

/** Prints what a test measured. Past Jest's console, which would add a stack to each line. */
export function report(test: string, { seed }: Chance, figures: Figures): void {
  const measured = Object.entries(figures).map(([name, value]) => `${name} ${value}`);
  process.stderr.write(`faults: ${test} (seed ${seed}): ${measured.join(', ')}\n`);
}

/** The figures of several trials, added up. */
export function sumOf<Outcome extends Record<string, number>>(outcomes: readonly Outcome[]): Outcome {
  const names = Object.keys(outcomes[0]!);
  return Object.fromEntries(
    names.map(name => [name, outcomes.reduce((sum, outcome) => sum + outcome[name]!, 0)]),
  ) as Outcome;
}
