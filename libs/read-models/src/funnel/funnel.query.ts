import type { Day } from '#event-sourcing/event.js';
import type { View } from '../access/view.js';
import type { OrganisationTables } from '../organisation/organisation.projection.js';
import { pipelineOf } from '../organisation/pipelines.js';
import { breakdownBy } from '../shared/breakdown.js';
import { type CohortFigures, figuresOf, type StepLine } from '../shared/cohort-figures.js';
import { columnOf, linesIn } from '../shared/columns.js';
import type { Dimension } from '../shared/dimensions.js';
import { type Group, groupsOf } from '../shared/groups.js';
import { stepsOfPipeline, withImpliedSteps } from './funnel.pipelines.js';
import { type FunnelTables, totals } from './funnel.projection.js';

export type FunnelMode = 'ANY' | 'STRICT' | 'IMPLIED';

export interface FunnelQuestion {
  /** Id or exact name; left out: the only one that has opportunities, otherwise `default`. */
  readonly pipeline?: string | null;
  /** The days on which the opportunities first entered a stage, both included. */
  readonly cohort: { readonly from: Day; readonly to: Day };
  readonly mode: FunnelMode;
  readonly groupBy: readonly Dimension[];
  readonly knownOn?: Day;
}

export interface FunnelAnswer extends CohortFigures {
  readonly pipelineId: string;
  readonly groups: (CohortFigures & Pick<Group<unknown>, 'key' | 'dimensions'>)[];
}

type Line = StepLine & { readonly pipelineVersion: number; readonly values: readonly (string | null)[] };
type Reading = View<FunnelTables & OrganisationTables>;

/** The pipeline funnel of a cohort, as a whole and by group. @throws Refusal NOT_FOUND for an unknown pipeline */
export async function funnelOf(view: Reading, question: FunnelQuestion): Promise<FunnelAnswer> {
  const { id, versions } = await pipelineOf(view, totals, question.pipeline);
  const counted = await linesOf(view, id, question);
  const steps = stepsOfPipeline(versions, counted);
  const lines = question.mode === 'IMPLIED' ? withImpliedSteps(counted, steps, versions) : counted;
  const groups = await groupsOf(view, question.groupBy, lines);
  return {
    pipelineId: id,
    ...figuresOf(steps, lines),
    groups: groups.map(({ key, dimensions, lines }) => ({ key, dimensions, ...figuresOf(steps, lines) })),
  };
}

/** The totals of the cohort, added up as far as the question allows. */
async function linesOf(view: Reading, pipelineId: string, question: FunnelQuestion): Promise<Line[]> {
  const { cohort, mode, groupBy, knownOn } = question;
  const { reached, amount } = COUNTED[mode];
  const {
    columns: chosen,
    daysOf,
    grain,
    assigned,
    sameTime,
    keys,
    values,
  } = await breakdownBy(view, groupBy, {
    date: 'cohortOn',
    knownOn,
  });
  const dimensions = ['pipelineId', 'pipelineVersion', 'stage', 'lossReason', 'currency', ...chosen];
  const sums = view
    .totals(totals, { ...cohort, knownOn, daysOf, grain, dimensions })
    .$if(assigned !== undefined, query => query.leftJoin(assigned!.as('a'), join => join.on(sameTime)))
    .where('t.pipelineId', '=', pipelineId)
    .select(['t.stage', 't.pipelineVersion', 't.lossReason', 't.currency', values.as('values')])
    .select(({ fn }) => [
      fn.sum<number>(reached).as('reached'),
      fn.sum<number>(amount).as('minor'),
      fn.sum<number>('t.openHere').as('openHere'),
      fn.sum<number>('t.lostHere').as('lostHere'),
      fn.sum<number>('t.wonHere').as('wonHere'),
    ])
    .groupBy(['t.stage', 't.pipelineVersion', 't.lossReason', 't.currency', ...keys]);
  const columns = await view
    .over(sums.as('sums'))
    .select([
      columnOf<string>('stage').as('stage'),
      columnOf<number>('pipelineVersion').as('pipelineVersion'),
      columnOf<string | null>('lossReason').as('lossReason'),
      columnOf<string | null>('currency').as('currency'),
      columnOf<readonly (string | null)[]>('values').as('values'),
      columnOf<number>('reached').as('reached'),
      columnOf<number>('minor').as('minor'),
      columnOf<number>('openHere').as('openHere'),
      columnOf<number>('lostHere').as('lostHere'),
      columnOf<number>('wonHere').as('wonHere'),
    ])
    .executeTakeFirstOrThrow();
  const lines = linesIn(columns);
  // As known on an earlier day, what was taken back until then is still there as lines of nothing.
  return lines.filter(({ reached, openHere, lostHere, wonHere }) => reached || openHere || lostHere || wonHere);
}

const COUNTED = {
  ANY: { reached: 't.reachedAny', amount: 't.amountAny' },
  STRICT: { reached: 't.reachedStrict', amount: 't.amountStrict' },
  IMPLIED: { reached: 't.reachedImplied', amount: 't.amountImplied' },
} as const;
