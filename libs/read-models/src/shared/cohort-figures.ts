import type { StageName } from '../organisation/pipelines.js';
import { type Amounts, amountsOf } from './amounts.js';
import { rate } from './rate.js';

/** A line of totals: what some opportunities (or leads) add to one step, or, with a reason, to the losses there. */
export interface StepLine {
  readonly stage: string;
  readonly lossReason: string | null;
  readonly currency: string | null;
  readonly reached: number;
  readonly minor: number;
  readonly openHere: number;
  readonly lostHere: number;
  readonly wonHere: number;
}

export interface StageFigures extends StageName, Amounts {
  readonly reached: number;
  readonly lostHere: number;
  readonly openHere: number;
  readonly stepRate: number | null;
  readonly cumulativeRate: number | null;
  readonly lossReasons: { readonly reason: string; readonly count: number }[];
}

export interface CohortFigures {
  readonly stages: StageFigures[];
  /** Everybody in the cohort, reached or not. */
  readonly population: number;
  readonly won: number;
  readonly lost: number;
  readonly winRate: number | null;
}

/** The figures of a funnel with these steps. Nothing is divided by nothing: rates of an empty stage are `null`. */
export function figuresOf(steps: readonly StageName[], lines: readonly StepLine[]): CohortFigures {
  const currencies = new Set(lines.flatMap(({ reached, currency }) => (reached > 0 && currency) || []));
  const onlyCurrency = currencies.size === 1 ? [...currencies][0] : undefined;
  const counted = steps.map(step => {
    const ofStep = lines.filter(({ stage }) => stage === step.stage);
    return countsOf(step, ofStep, onlyCurrency);
  });
  const stages = counted.map((step, index) => ({
    ...step,
    stepRate: index + 1 < counted.length ? rate(counted[index + 1]!.reached, step.reached) : null,
    cumulativeRate: rate(step.reached, counted[0]!.reached),
  }));
  const won = sum(lines, 'wonHere');
  const lost = sum(lines, 'lostHere');
  const population = sum(lines, 'openHere') + won + lost;
  return { stages, population, won, lost, winRate: rate(won, population) };
}

function countsOf(step: StageName, lines: readonly StepLine[], onlyCurrency: string | undefined) {
  return {
    ...step,
    reached: sum(lines, 'reached'),
    lostHere: sum(lines, 'lostHere'),
    openHere: sum(lines, 'openHere'),
    lossReasons: reasonsOf(lines),
    ...amountsOf(
      lines.filter(({ reached }) => reached > 0),
      onlyCurrency,
    ),
  };
}

/** The most frequent one first. */
function reasonsOf(lines: readonly StepLine[]): StageFigures['lossReasons'] {
  const counts = new Map<string, number>();
  for (const { lossReason, lostHere } of lines)
    if (lossReason !== null && lostHere > 0) counts.set(lossReason, (counts.get(lossReason) ?? 0) + lostHere);
  return [...counts]
    .map(([reason, count]) => ({ reason, count }))
    .sort((a, b) => b.count - a.count || (a.reason < b.reason ? -1 : 1));
}

function sum(lines: readonly StepLine[], figure: 'reached' | 'openHere' | 'lostHere' | 'wonHere'): number {
  return lines.reduce((total, line) => total + line[figure], 0);
}
