import type { Finding } from '../finding.js';
import type { Measured, Results } from './results.js';
import { summary, type Verdict, verdictOn } from './verdict.js';
import { figure, goalOf, latencyOf, ownGoalOf, reachedOf, summaryOf, timesOf } from './words.js';

const HEAD = `<!-- Written by \`npm run bench\`; edits are lost. -->

# Benchmarks

What \`npm run bench\` measured. Each figure is the median of several repetitions, with the least and the most in brackets; a ratio
is the median of the ratios within the repetitions, in which we and the baseline took turns on the same machine and the same Postgres. A
ratio above 1 is in our favour: more per second, or less time. The figures are those of the machine that is named; measure on your own.

![Ratios to the baselines and goals](benchmarks.svg)
`;

/** Notes are numbered in the order in which they come, and the same text is told once. */
class Notes {
  private readonly numbers = new Map<string, number>();

  on(text: string | undefined): string {
    if (!text) return '';
    const number = this.numbers.get(text) ?? this.numbers.size + 1;
    this.numbers.set(text, number);
    return ` [${number}]`;
  }

  toString(): string {
    return [...this.numbers].map(([text, number]) => `${number}. ${text}\n`).join('');
  }
}

/** The document with all results: what, ours, the baseline and how it was configured, ratio, goal, reached. */
export function benchmarkTable(results: Results): string {
  const notes = new Notes();
  const sections = Object.entries(results).map(([name, found]) => {
    const body = 'skipped' in found ? `Not measured: ${found.skipped}\n` : measuredTable(found, notes);
    return `\n## ${name[0]!.toUpperCase()}${name.slice(1)}\n\n${body}`;
  });
  return `${HEAD}${sections.join('')}\n## How it was configured\n\n${notes}`;
}

function measuredTable({ findings, machine, date, full }: Measured, notes: Notes): string {
  const settings = Object.entries(machine.settings).map(([name, value]) => `${name} ${value}`);
  const machineNote = `${machine.cores} cores (${machine.processor}), ${machine.memoryGiB} GiB of memory, Node ${machine.node}, Postgres ${machine.postgres} with ${settings.join(', ')}. Load average at the start: ${figure(machine.load)}.`;
  const where = `${date}${full ? ', with the largest sizes' : ''}${notes.on(machineNote)}`;
  const lines = findings.flatMap(finding => rowsOf(verdictOn(finding), notes)).map(cells => `| ${cells.join(' | ')} |`);
  return `${where}

| what | ours | baseline | ratio | goal | |
|---|---|---|---|---|---|
${lines.join('\n')}
`;
}

function rowsOf(verdict: Verdict, notes: Notes): string[][] {
  const { finding, ours, comparisons } = verdict;
  const what = finding.what + notes.on(finding.configured);
  const mine = summaryOf(finding, ours) + latencyOf(finding.latency);
  const own = ownGoalOf(verdict);
  const alone = own || comparisons.length === 0 ? [[what, mine, '', '', own, reachedOf(verdict.reached)]] : [];
  const compared = comparisons.map(comparison => {
    const { baseline, reached } = comparison;
    return [what, mine, theirs(finding, baseline, notes), timesOf(comparison), goalOf(comparison), reachedOf(reached)];
  });
  return [...alone, ...compared];
}

function theirs(finding: Finding, { name, configured, values, latency }: Finding['baselines'][number], notes: Notes) {
  return `${name}${notes.on(configured)}: ${summaryOf(finding, summary(values))}${latencyOf(latency)}`;
}
