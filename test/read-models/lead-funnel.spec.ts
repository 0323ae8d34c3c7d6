import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { lead } from '#crm/lead/lead.decider.js';
import { type LeadFunnelTables, leadFunnel } from '#read-models/lead-funnel/lead-funnel.projection.js';
import { type LeadFunnelQuestion, leadFunnelOf } from '#read-models/lead-funnel/lead-funnel.query.js';
import { type OrganisationTables, organisation } from '#read-models/organisation/organisation.projection.js';
import type { CohortFigures } from '#read-models/shared/cohort-figures.js';
import { LeadFunnelDimension } from '#read-models/shared/dimensions.js';
import { seeingAll } from '#test/support/viewing.js';
import { day, everyAnswer, range, some } from './questions.js';
import { type Grouped, groupedBy, knownBy, opportunitiesOf, reasonsOf, sumsByCurrency, type Told } from './recount.js';
import type { Happened } from './sales-histories.js';

const question: fc.Arbitrary<LeadFunnelQuestion> = fc.record({
  cohort: range,
  groupBy: some(Object.values(LeadFunnelDimension)),
  knownOn: fc.option(day, { nil: undefined }),
});

/** How far somebody came, and how it stands. */
interface Way extends Grouped {
  readonly reached: readonly string[];
  readonly state: 'open' | 'won' | 'lost';
  readonly here: string;
  readonly end?: Told['end'];
  readonly amount?: Told['amount'];
}

/** The way of each captured lead. */
function leadsOf(events: readonly Happened[]): Way[] {
  const opportunities = opportunitiesOf(events);
  return events.flatMap((event): Way[] => {
    if (event.type !== 'LeadCaptured') return [];
    const { leadId } = event.data;
    const said = events.filter(({ data }) => 'leadId' in data && data.leadId === leadId);
    const qualified = said.some(({ type }) => type === 'LeadQualified');
    const conversion = said.find(({ type }) => type === 'LeadConverted');
    const disqualification = said.find(({ type }) => type === 'LeadDisqualified');
    const on = event.metadata.occurredAt.slice(0, 10);
    if (conversion) {
      const opportunity = opportunities.find(opportunity => opportunity.leadId === leadId);
      const amount = conversion.type === 'LeadConverted' ? conversion.data.amount : undefined;
      return [{ ...wayOf(opportunity, ['captured', 'qualified', 'converted'], amount), ...event.data, on }];
    }
    const reached = ['captured', ...(qualified ? ['qualified'] : [])];
    const end =
      disqualification?.type === 'LeadDisqualified'
        ? { how: 'lost' as const, on, reason: disqualification.data.reason }
        : undefined;
    return [{ ...event.data, on, reached, here: reached.at(-1)!, state: end ? 'lost' : 'open', end }];
  });
}

function wayOf(opportunity: Told | undefined, before: string[], amount?: Told['amount']) {
  const { end, visits = [], paid } = opportunity ?? {};
  const here = end?.how === 'won' ? 'won' : before.at(-1)!;
  const everWon = visits.some(({ stage }) => stage === 'won');
  const further = end?.how === 'lost' ? [] : paid ? ['won', 'paid'] : everWon ? ['won'] : [];
  const state = end?.how ?? ('open' as const);
  return { reached: [...before, ...further], here, state, end, amount: opportunity ? opportunity.amount : amount };
}

/** The way of each opportunity that was opened without a lead. */
function directOf(events: readonly Happened[]): Way[] {
  return opportunitiesOf(events)
    .filter(({ leadId }) => !leadId)
    .map(told => ({ ...wayOf(told, ['opened']), on: told.openedOn, ownerId: told.openedBy }));
}

function recounted(steps: readonly string[], ways: readonly Way[]) {
  const inState = (state: string) => ways.filter(way => way.state === state);
  return {
    stages: steps.map(stage => {
      const reached = ways.filter(way => way.reached.includes(stage));
      const lost = inState('lost').filter(({ here }) => here === stage);
      return {
        stage,
        reached: reached.length,
        lostHere: lost.length,
        openHere: inState('open').filter(({ here }) => here === stage).length,
        reasons: reasonsOf(lost),
        amounts: sumsByCurrency(reached),
      };
    }),
    population: ways.length,
    won: inState('won').length,
    lost: inState('lost').length,
  };
}

function shown({ stages, population, won, lost }: CohortFigures) {
  return {
    stages: stages.map(({ stage, reached, lostHere, openHere, lossReasons, amounts }) => ({
      stage,
      reached,
      lostHere,
      openHere,
      reasons: Object.fromEntries(lossReasons.map(({ reason, count }) => [reason, count])),
      amounts,
    })),
    population,
    won,
    lost,
  };
}

const leadSteps = ['captured', 'qualified', 'converted', 'won', 'paid'];

describe('the lead funnel', () => {
  it('of any cohort, also as it was known on any day, equals a recount of the events (slow)', async () => {
    await everyAnswer<LeadFunnelTables & OrganisationTables, LeadFunnelQuestion>(
      [leadFunnel, organisation],
      question,
      async (db, all, question) => {
        const events = knownBy(all, question.knownOn);
        const { from, to } = question.cohort;
        const within = ({ on }: Way) => on >= from && on <= to;
        const leads = leadsOf(events).filter(within);
        const { groups, direct, ...whole } = await leadFunnelOf(seeingAll(db), question);
        expect({ question, ...shown(whole) }).toEqual({ question, ...recounted(leadSteps, leads) });
        expect(shown(direct)).toEqual(recounted(['opened', 'won', 'paid'], directOf(events).filter(within)));
        const expected = groupedBy(events, question.groupBy, leads, way => way);
        expect(groups.map(group => ({ of: group.dimensions.map(({ id }) => id), ...shown(group) }))).toEqual(
          expect.arrayContaining(expected.map(({ of, members }) => ({ of, ...recounted(leadSteps, members) }))),
        );
        expect(groups.length).toBe(expected.length);
      },
    );
  }, 120_000);

  it('finds the opportunity of a lead by the id that the lead gives it', () => {
    const state = lead.evolve.LeadCaptured(lead.initial, { leadId: 'l1', name: '王芳' }, {} as never);
    const [converted] = lead.decide.ConvertLead({ leadId: 'l1' } as never, state, { id: 'l1' } as never);
    expect(converted).toMatchObject({ data: { opportunityId: 'l1-opportunity' } });
  });
});
