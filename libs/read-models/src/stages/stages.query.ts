import type { Day } from '#event-sourcing/event.js';
import type { View } from '../access/view.js';
import type { OrganisationTables } from '../organisation/organisation.projection.js';
import { pipelineOf, type StageName, stagesOf } from '../organisation/pipelines.js';
import { type Amounts, amountsOf } from '../shared/amounts.js';
import { distributionOf } from '../shared/distribution.js';
import { flow, type StagesTables, stock, times } from './stages.projection.js';
import { numberOfDay } from './stages.timeline.js';

type Reading = View<StagesTables & OrganisationTables>;

/** The pipeline that is asked about, and on whose knowledge the answer rests. */
interface Question {
  readonly pipeline?: string | null;
  readonly knownOn?: Day;
}
interface Period {
  readonly from: Day;
  readonly to: Day;
}

const ENDS: readonly StageName[] = [
  { stage: 'won', name: '赢单' },
  { stage: 'lost', name: '丢单' },
];

export interface Transition {
  /** `null`: from no stage. */
  readonly from: string | null;
  readonly to: string;
  readonly count: number;
}

/** What moved from where to where in a period, in the order of the stages. @throws Refusal NOT_FOUND for an unknown pipeline */
export async function flowOf(view: Reading, question: Question & { readonly period: Period }): Promise<Transition[]> {
  const { id, versions } = await pipelineOf(view, flow, question.pipeline);
  const moves = await view
    .totals(flow, { ...question.period, knownOn: question.knownOn, dimensions: ['pipelineId', 'fromStage', 'toStage'] })
    .where('t.pipelineId', '=', id)
    .select(['t.fromStage as from', 't.toStage as to', ({ fn }) => fn.sum<number>('t.moves').as('count')])
    .groupBy(['t.fromStage', 't.toStage'])
    .having(({ fn }) => fn.sum('t.moves'), '<>', 0)
    .execute();
  const stages = [...stagesOf(versions, new Set(moves.flatMap(({ from, to }) => [from ?? to, to]))), ...ENDS];
  const place = (stage: string | null) => stages.findIndex(step => step.stage === stage);
  return moves.sort((a, b) => place(a.from) - place(b.from) || place(a.to) - place(b.to));
}

export interface StageStock extends StageName, Amounts {
  readonly count: number;
}

/** What stood in each stage at the end of a day, and was won or lost by then. @throws Refusal NOT_FOUND */
export async function stockOf(view: Reading, question: Question & { readonly at: Day }): Promise<StageStock[]> {
  const { id, versions } = await pipelineOf(view, flow, question.pipeline);
  const lines = await view
    .totals(stock, { to: question.at, knownOn: question.knownOn, dimensions: ['pipelineId', 'stage', 'currency'] })
    .where('t.pipelineId', '=', id)
    .select(({ fn }) => [
      't.stage',
      't.currency',
      fn.sum<number>('t.opportunities').as('count'),
      fn.sum<number>('t.amountMinor').as('minor'),
    ])
    .groupBy(['t.stage', 't.currency'])
    .having(({ fn }) => fn.sum('t.opportunities'), '<>', 0)
    .execute();
  return [...stagesOf(versions, new Set(lines.map(({ stage }) => stage))), ...ENDS].map(step => {
    const here = lines.filter(({ stage }) => stage === step.stage);
    return { ...step, count: here.reduce((sum, { count }) => sum + count, 0), ...amountsOf(here) };
  });
}

export interface StageTime extends StageName {
  readonly entered: number;
  readonly meanDays: number | null;
  readonly medianDays: number | null;
}

/** How long the opportunities of a cohort were in each stage; those still in it up to `today`. @throws Refusal NOT_FOUND */
export async function timeInStageOf(
  view: Reading,
  question: Question & { readonly cohort: Period; readonly today: Day },
): Promise<StageTime[]> {
  const { cohort, knownOn, today } = question;
  const { id, versions } = await pipelineOf(view, flow, question.pipeline);
  const lines = await view
    .totals(times, { ...cohort, knownOn, dimensions: ['pipelineId', 'stage', 'days', 'since'] })
    .where('t.pipelineId', '=', id)
    .select(['t.stage', 't.days', 't.since', ({ fn }) => fn.sum<number>('t.opportunities').as('count')])
    .groupBy(['t.stage', 't.days', 't.since'])
    .having(({ fn }) => fn.sum('t.opportunities'), '<>', 0)
    .execute();
  return stagesOf(versions, new Set(lines.map(({ stage }) => stage))).map(step => {
    const days = lines
      .filter(({ stage }) => stage === step.stage)
      .map(({ days, since, count }) => ({ value: days ?? numberOfDay(today) - since!, count }));
    const { mean, median } = distributionOf(days);
    return { ...step, entered: days.reduce((sum, { count }) => sum + count, 0), meanDays: mean, medianDays: median };
  });
}
