import { refuse } from '#event-sourcing/refusal.js';

/** The open stages of an opportunity's pipeline, as it was when the opportunity was opened. */
export interface Stages {
  /** Codes, in order. */
  readonly stages: readonly string[];
  /** Names, in the same order. */
  readonly stageNames?: readonly string[];
}

/**
 * The code of a stage that is given by code or by name.
 * @throws Refusal UNKNOWN_STAGE; `also` are words that the caller accepts besides.
 */
export function stageCode(given: string, { stages, stageNames = [] }: Stages, also: readonly string[] = []): string {
  if (stages.includes(given)) return given;
  const code = stages[stageNames.indexOf(given)];
  if (code) return code;
  throw refuse('UNKNOWN_STAGE', `The pipeline of this opportunity has no stage “${given}”.`, {
    field: 'stage',
    allowed: [...stages, ...also],
  });
}

/** @throws Refusal NOT_A_LATER_STAGE unless `to` follows `from`; whatever is in no stage may enter any. */
export function mustBeLater(from: string | undefined, to: string, { stages }: Stages): void {
  const here = from === undefined ? -1 : stages.indexOf(from);
  if (stages.indexOf(to) > here) return;
  throw refuse('NOT_A_LATER_STAGE', `“${to}” does not come after “${from}”. To go back, step back.`, {
    field: 'stage',
    allowed: stages.slice(here + 1),
  });
}

/** @throws Refusal NOT_AN_EARLIER_STAGE unless `to` precedes `from`. */
export function mustBeEarlier(from: string | undefined, to: string, { stages }: Stages): asserts from is string {
  const here = from === undefined ? -1 : stages.indexOf(from);
  if (stages.indexOf(to) < here) return;
  throw refuse('NOT_AN_EARLIER_STAGE', `“${to}” does not come before “${from ?? 'no stage'}”.`, {
    field: 'stage',
    allowed: stages.slice(0, Math.max(here, 0)),
  });
}
