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
  const implied = lines.flatMap(line => {
    const own = new Set([...(versions[line.pipelineVersion - 1] ?? []), ...ENDS].map(({ stage }) => stage));
    const missing: Line[] = [];
    for (let index = steps.findIndex(({ stage }) => stage === line.stage) - 1; index >= 0; index--) {
      const { stage } = steps[index]!;
      if (own.has(stage)) break;
      missing.push({ ...line, stage, lossReason: null, openHere: 0, lostHere: 0, wonHere: 0 });
    }
    return line.reached > 0 ? missing : [];
  });
  return [...lines, ...implied];
}
