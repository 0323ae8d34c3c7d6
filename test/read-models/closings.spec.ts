import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { daysBetween } from '#event-sourcing/business-time.js';
import { type ClosingsTables, closings } from '#read-models/closings/closings.projection.js';
import { type Closing, type ClosingsQuestion, closingsOf } from '#read-models/closings/closings.query.js';
import { type OrganisationTables, organisation } from '#read-models/organisation/organisation.projection.js';
import { ClosingDimension } from '#read-models/shared/dimensions.js';
import { seeingAll } from '#test/support/viewing.js';
import { day, everyAnswer, range, some } from './questions.js';
import { groupedBy, knownBy, opportunitiesOf, sumsByCurrency, type Told } from './recount.js';

const question: fc.Arbitrary<ClosingsQuestion> = fc.record({
  closed: range,
  per: fc.constantFrom('TOTAL', 'MONTH', 'QUARTER', 'YEAR'),
  groupBy: some(Object.values(ClosingDimension)),
  knownOn: fc.option(day, { nil: undefined }),
});

/** Days from the first open stage, or else from the opening, to the win. */
function cycleOf({ visits, openedOn, end }: Told): number {
  const [first] = visits;
  return daysBetween(first && first.stage !== 'won' ? first.on : openedOn, end!.on);
}

/** The figures of closed opportunities, by the definitions. */
function recounted(closed: readonly Told[]) {
  const won = closed.filter(({ end }) => end!.how === 'won');
  const cycles = won.map(cycleOf).sort((a, b) => a - b);
  const middle = cycles.length / 2;
  const median = (cycles[Math.ceil(middle) - 1]! + cycles[Math.floor(middle)]!) / 2;
  const mean = cycles.reduce((sum, days) => sum + days, 0) / cycles.length;
  return {
    won: won.length,
    lost: closed.length - won.length,
    winRate: closed.length ? won.length / closed.length : null,
    amounts: sumsByCurrency(won),
    salesCycle: { meanDays: cycles.length ? mean : null, medianDays: cycles.length ? median : null },
  };
}

function shown({ won, lost, winRate, amounts, salesCycle }: Closing) {
  return { won, lost, winRate, amounts, salesCycle };
}

describe('closings', () => {
  it('in any range, also as they were known on any day, equal a recount of the events (slow)', async () => {
    await everyAnswer<ClosingsTables & OrganisationTables, ClosingsQuestion>(
      [closings, organisation],
      question,
      async (db, all, question) => {
        const { closed, per, groupBy } = question;
        const events = knownBy(all, question.knownOn);
        const ended = opportunitiesOf(events).filter(({ end }) => end && end.on >= closed.from && end.on <= closed.to);
        const rows = await closingsOf(seeingAll(db), question);
        const dimensions = [...(per === 'TOTAL' ? [] : [`COHORT_${per}`]), ...groupBy];
        const expected = dimensions.length
          ? groupedBy(events, dimensions, ended, opportunity => ({ ...opportunity, ...opportunity.end! }))
          : [{ of: [], members: ended }];
        const actual = rows.map(row => ({
          of: [...(row.period ? [row.period] : []), ...row.dimensions.map(({ id }) => id)],
          ...shown(row),
        }));
        const inAnyOrder = expected.map(({ of, members }) => ({ of, ...recounted(members) }));
        expect({ question, actual }).toEqual({ question, actual: expect.arrayContaining(inAnyOrder) });
        expect(actual.length).toBe(expected.length);
      },
    );
  }, 120_000);
});
