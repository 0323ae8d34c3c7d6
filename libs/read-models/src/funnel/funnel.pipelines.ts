import type { Stage } from '#crm/pipeline/pipeline.events.js';
import type { StepLine, StepName } from '../shared/cohort-figures.js';

/** The stages of a pipeline, version by version; the first is version 1. */
export type Versions = readonly (readonly Stage[])[];

const ENDS: readonly StepName[] = [
  { stage: 'won', name: '签约' },
  { stage: 'paid', name: '回款' },
];

/**
 * The steps of a pipeline's funnel: the stages of its latest version; stages that only an older one had, where it had them, if
 * there are figures for them; then `won` and `paid`.
 */
export function stepsOfPipeline(versions: Versions, lines: readonly StepLine[]): StepName[] {
  const withFigures = new Set(lines.map(({ stage }) => stage));
  const [latest = [], ...older] = [...versions].reverse();
  const steps = [...latest];
  for (const version of older)
    for (const [index, step] of version.entries()) {
      if (!withFigures.has(step.stage) || indexOf(steps, step.stage) >= 0) continue;
      // Behind the nearest one before it that is shown; in front if there is none.
      const before = version.slice(0, index).map(({ stage }) => indexOf(steps, stage));
      steps.splice(Math.max(-1, ...before) + 1, 0, step);
    }
  return [...steps.map(({ stage, name }) => ({ stage, name })), ...ENDS];
}

const indexOf = (steps: readonly StepName[], stage: string): number => steps.findIndex(step => step.stage === stage);

/**
 * Who came to a later step has implicitly reached the earlier ones, also one that the version of the pipeline did not have:
 * what such opportunities add to it is what they add to the next step that their version has.
 */
export function withImpliedSteps<Line extends StepLine & { readonly pipelineVersion: number }>(
  lines: readonly Line[],
  steps: readonly StepName[],
  versions: Versions,
): Line[] {
  const implied = lines.flatMap(line => {
    const own = [...(versions[line.pipelineVersion - 1] ?? []), ...ENDS];
    const missing: Line[] = [];
    for (let index = indexOf(steps, line.stage) - 1; index >= 0; index--) {
      const { stage } = steps[index]!;
      if (indexOf(own, stage) >= 0) break;
      missing.push({ ...line, stage, lossReason: null, openHere: 0, lostHere: 0, wonHere: 0 });
    }
    return line.reached > 0 ? missing : [];
  });
  return [...lines, ...implied];
}
