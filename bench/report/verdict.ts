import { median } from '../figures.js';
import type { Baseline, Finding } from '../finding.js';

/** The values of several repetitions. */
export interface Summary {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** How a finding stands against one baseline. */
export interface Comparison {
  readonly baseline: Baseline;
  /** How many times better we were: more of a rate, less of a time or a size. */
  readonly times: Summary;
  readonly reached?: boolean;
}

export interface Verdict {
  readonly finding: Finding;
  readonly ours: Summary;
  readonly comparisons: readonly Comparison[];
  /** Whether the finding's own goal was reached. */
  readonly reached?: boolean;
}

export const summary = (values: readonly number[]): Summary => ({
  median: median(values),
  least: Math.min(...values),
  most: Math.max(...values),
});

const moreIsBetter = ({ unit }: Finding) => unit === 'per second';

/** What a finding amounts to. */
export function verdictOn(finding: Finding): Verdict {
  const ours = summary(finding.values);
  const { goal, baselines } = finding;
  const reached = goal === undefined ? undefined : moreIsBetter(finding) ? ours.median >= goal : ours.median <= goal;
  return { finding, ours, comparisons: baselines.map(baseline => compared(finding, baseline)), reached };
}

function compared(finding: Finding, baseline: Baseline): Comparison {
  const times = summary(ratios(finding, baseline));
  const { timesAtLeast } = baseline;
  return { baseline, times, reached: timesAtLeast === undefined ? undefined : times.median >= timesAtLeast };
}

/**
 * Where repetitions pair up, the ratio within each: what disturbs the machine for some seconds hits both sides of a pair alike.
 * Otherwise the one of the medians.
 */
function ratios(finding: Finding, { values }: Baseline): number[] {
  const better = (one: number, other: number) => (moreIsBetter(finding) ? one / other : other / one);
  if (values.length !== finding.values.length) return [better(median(finding.values), median(values))];
  return finding.values.map((value, at) => better(value, values[at]!));
}
