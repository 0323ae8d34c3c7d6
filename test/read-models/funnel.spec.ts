import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type FunnelTables, funnel } from '#read-models/funnel/funnel.projection.js';
import { type FunnelQuestion, funnelOf } from '#read-models/funnel/funnel.query.js';
import { type OrganisationTables, organisation } from '#read-models/organisation/organisation.projection.js';
import type { CohortFigures } from '#read-models/shared/cohort-figures.js';
import { FunnelDimension } from '#read-models/shared/dimensions.js';
import { seeingAll } from '#test/support/viewing.js';
import { day, everyAnswer, range, some } from './questions.js';
import { groupedBy, hasReached, knownBy, opportunitiesOf, reasonsOf, sumsByCurrency, type Told } from './recount.js';
import { type Happened, stages } from './sales-histories.js';

const question: fc.Arbitrary<FunnelQuestion> = fc.record({
  cohort: range,
  mode: fc.constantFrom('ANY', 'STRICT', 'IMPLIED'),
  groupBy: some(Object.values(FunnelDimension)),
  knownOn: fc.option(day, { nil: undefined }),
});

/** The cohort straight from the events. */
function cohortOf(events: readonly Happened[], { cohort: { from, to } }: FunnelQuestion): Told[] {
  return opportunitiesOf(events).filter(({ visits: [first] }) => first && first.on >= from && first.on <= to);
}

/** Its figures, by the definitions. */
function recounted(opportunities: readonly Told[], mode: FunnelQuestion['mode']) {
  const ended = (how: string) => opportunities.filter(({ end }) => end?.how === how);
  return {
    stages: [...stages, 'won', 'paid'].map(stage => {
      const reached = opportunities.filter(opportunity => hasReached(mode, stage, opportunity));
      const lost = ended('lost').filter(({ visits }) => visits.at(-1)!.stage === stage);
      return {
        stage,
        reached: reached.length,
        lostHere: lost.length,
        openHere: opportunities.filter(({ end, visits }) => !end && visits.at(-1)!.stage === stage).length,
        reasons: reasonsOf(lost),
        amounts: sumsByCurrency(reached),
      };
    }),
    population: opportunities.length,
    won: ended('won').length,
    lost: ended('lost').length,
  };
}

/** The product's answer in the same shape. */
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

describe('the funnel', () => {
  it('of any cohort in any mode, also as it was known on any day, equals a recount of the events (slow)', async () => {
    await everyAnswer<FunnelTables & OrganisationTables, FunnelQuestion>(
      [funnel, organisation],
      question,
      async (db, all, question) => {
        const events = knownBy(all, question.knownOn);
        const cohort = cohortOf(events, question);
        const { groups, ...whole } = await funnelOf(seeingAll(db), question);
        expect({ question, ...shown(whole) }).toEqual({ question, ...recounted(cohort, question.mode) });
        const expected = groupedBy(events, question.groupBy, cohort, ({ visits, ...rest }) => ({
          ...rest,
          ...visits[0]!,
        }));
        expect(groups.map(group => ({ of: group.dimensions.map(({ id }) => id), ...shown(group) }))).toEqual(
          expect.arrayContaining(expected.map(({ of, members }) => ({ of, ...recounted(members, question.mode) }))),
        );
        expect(groups.length).toBe(expected.length);
      },
    );
  }, 120_000);
});
