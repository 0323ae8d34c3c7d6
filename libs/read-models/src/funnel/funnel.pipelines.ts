import { type StageName, stagesOf, type Versions } from '../organisation/pipelines.js';
import type { StepLine } from '../shared/cohort-figures.js';

const ENDS: readonly StageName[] = [
  { stage: 'won', name: '签约' },
  { stage: 'paid', name: '回款' },
];

/** The steps of a pipeline's funnel: its stages, then `won` and `paid`. */
export function stepsOfPipeline(versions: Versions, lines: readonly StepLine[]): StageName[] {
  return [...stagesOf(versions, new Set(lines.map(({ stage }) => stage))), ...ENDS];
}

/**
 * Who came to a later step has implicitly reached the earlier ones, also one that the version of the pipeline did not have:
 * what such opportunities add to it is what they add to the next step that their version has.
 */
export function withImpliedSteps<Line extends StepLine & { readonly pipelineVersion: number }>(
  lines: readonly Line[],
  steps: readonly StageName[],
  versions: Versions,
): Line[] {
  const missing = versions.map(version => stepsMissingIn([...version, ...ENDS], steps));
  const implied = lines.flatMap(line => {
    const before = line.reached > 0 ? missing[line.pipelineVersion - 1]?.get(line.stage) : undefined;
    return (before ?? []).map(stage => ({ ...line, stage, lossReason: null, openHere: 0, lostHere: 0, wonHere: 0 }));
  });
  return [...lines, ...implied];
}

/** The steps that a version does not have, by the step of its own that comes next. */
function stepsMissingIn(version: readonly StageName[], steps: readonly StageName[]): Map<string, string[]> {
  const own = new Set(version.map(({ stage }) => stage));
  const missing = new Map<string, string[]>();
  let passed: string[] = [];
  for (const { stage } of steps)
    if (own.has(stage)) {
      missing.set(stage, passed);
      passed = [];
    } else passed.push(stage);
  return missing;
}
