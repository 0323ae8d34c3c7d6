import type { Finding, Skipped } from '../finding.js';
import { type Comparison, summary, type Verdict, verdictOn } from './verdict.js';
import { goalOf, latencyOf, ownGoalOf, reachedOf, summaryOf, timesOf } from './words.js';

const plain = (text: string) => text.replaceAll('**', '').toUpperCase();

const judged = (goal: string, reached: boolean | undefined) =>
  goal === '' ? '' : `   goal ${goal}: ${plain(reachedOf(reached))}`;

/** What a benchmark found, for a terminal. */
export function printed(found: readonly Finding[] | Skipped): string {
  if ('skipped' in found) return `skipped: ${found.skipped}\n`;
  return found.map(finding => linesOf(verdictOn(finding))).join('');
}

function linesOf(verdict: Verdict): string {
  const { finding, ours, comparisons, reached } = verdict;
  const own = `${finding.what}: ${summaryOf(finding, ours)}${latencyOf(finding.latency)}`;
  const lines = [own + judged(ownGoalOf(verdict), reached), ...comparisons.map(each => against(verdict, each))];
  return `${lines.join('\n')}\n`;
}

function against({ finding }: Verdict, comparison: Comparison): string {
  const { baseline, reached } = comparison;
  const theirs = summaryOf(finding, summary(baseline.values)) + latencyOf(baseline.latency);
  return `  ${timesOf(comparison)} ${baseline.name} at ${theirs}${judged(goalOf(comparison), reached)}`;
}
