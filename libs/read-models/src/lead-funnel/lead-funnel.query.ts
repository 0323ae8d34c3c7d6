import type { Day } from '#event-sourcing/event.js';
import type { View } from '../access/view.js';
import type { OrganisationTables } from '../organisation/organisation.projection.js';
import { breakdownBy } from '../shared/breakdown.js';
import { type CohortFigures, figuresOf, type StepLine } from '../shared/cohort-figures.js';
import type { Dimension } from '../shared/dimensions.js';
import { type Group, groupsOf } from '../shared/groups.js';
import { type LeadFunnelTables, totals } from './lead-funnel.projection.js';
import { directSteps, leadSteps } from './lead-funnel.steps.js';

export interface LeadFunnelQuestion {
  /** The days on which the leads were captured, both included. */
  readonly cohort: { readonly from: Day; readonly to: Day };
  readonly groupBy: readonly Dimension[];
  readonly knownOn?: Day;
}

export interface LeadFunnelAnswer extends CohortFigures {
  readonly groups: (CohortFigures & Pick<Group<unknown>, 'key' | 'dimensions'>)[];
  /** The same for the opportunities that were opened in the period without a lead. */
  readonly direct: CohortFigures;
}

type Line = StepLine & { readonly direct: boolean; readonly values: readonly (string | null)[] };
type Reading = View<LeadFunnelTables & OrganisationTables>;

/** The lead funnel of a cohort, as a whole and by group, and beside it what did not begin as a lead. */
export async function leadFunnelOf(view: Reading, question: LeadFunnelQuestion): Promise<LeadFunnelAnswer> {
  const lines = await linesOf(view, question);
  const ofLeads = lines.filter(({ direct }) => !direct);
  const groups = await groupsOf(view, question.groupBy, ofLeads);
  return {
    ...figuresOf(leadSteps, ofLeads),
    groups: groups.map(({ key, dimensions, lines }) => ({ key, dimensions, ...figuresOf(leadSteps, lines) })),
    direct: figuresOf(
      directSteps,
      lines.filter(({ direct }) => direct),
    ),
  };
}

/** The totals of the cohort, added up as far as the question allows. */
async function linesOf(view: Reading, { cohort, groupBy, knownOn }: LeadFunnelQuestion): Promise<Line[]> {
  const { columns, daysOf, grain, assigned, sameTime, keys, values } = await breakdownBy(view, groupBy, {
    date: 'cohortOn',
    knownOn,
  });
  const dimensions = ['direct', 'stage', 'lossReason', 'currency', ...columns];
  const lines = await view
    .totals(totals, { ...cohort, knownOn, daysOf, grain, dimensions })
    .$if(assigned !== undefined, query => query.leftJoin(assigned!.as('a'), join => join.on(sameTime)))
    .select(['t.direct', 't.stage', 't.lossReason', 't.currency', values.as('values')])
    .select(({ fn }) => [
      fn.sum<number>('t.reached').as('reached'),
      fn.sum<number>('t.amountMinor').as('minor'),
      fn.sum<number>('t.openHere').as('openHere'),
      fn.sum<number>('t.lostHere').as('lostHere'),
      fn.sum<number>('t.wonHere').as('wonHere'),
    ])
    .groupBy(['t.direct', 't.stage', 't.lossReason', 't.currency', ...keys])
    .execute();
  // As known on an earlier day, what was taken back until then is still there as lines of nothing.
  return lines.filter(({ reached, lostHere }) => reached || lostHere);
}
