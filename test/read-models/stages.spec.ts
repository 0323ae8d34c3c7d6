import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { addDays, daysBetween } from '#event-sourcing/business-time.js';
import type { Day } from '#event-sourcing/event.js';
import { type OrganisationTables, organisation } from '#read-models/organisation/organisation.projection.js';
import { type StagesTables, stages } from '#read-models/stages/stages.projection.js';
import { flowOf, stockOf, timeInStageOf } from '#read-models/stages/stages.query.js';
import { seeingAll } from '#test/support/viewing.js';
import { day, everyAnswer, range } from './questions.js';
import { knownBy } from './recount.js';
import { stages as codes, type Happened } from './sales-histories.js';

const question = fc.record({ period: range, at: day, knownOn: fc.option(day, { nil: undefined }) });
const TODAY = '2026-12-31';
const ALL = [...codes, 'won', 'lost'];
const MOVES = ['StageAdvanced', 'StageSteppedBack', 'OpportunityReopened', 'OpportunityWon', 'OpportunityLost'];

interface Move {
  readonly to: string;
  readonly on: Day;
}
const whereTo = ({ type, data, metadata }: Happened): Move => ({
  to: type === 'OpportunityWon' ? 'won' : type === 'OpportunityLost' ? 'lost' : (data as { to: string }).to,
  on: metadata.occurredAt.slice(0, 10),
});

/** The events of each opportunity, in the order of their recording. */
function byOpportunity(events: readonly Happened[]): Happened[][] {
  const opened = events.flatMap(({ type, data }) => (type === 'OpportunityOpened' ? [data.opportunityId] : []));
  return opened.map(id => events.filter(({ data }) => 'opportunityId' in data && data.opportunityId === id));
}
const movesOf = (story: readonly Happened[]): Move[] => story.filter(({ type }) => MOVES.includes(type)).map(whereTo);
const stageAt = (moves: readonly Move[], at: Day) => moves.filter(({ on }) => on <= at).at(-1)?.to;

function amountAt(story: readonly Happened[], at: Day) {
  const known = story.filter(({ type, data, metadata }) => {
    if (!['OpportunityOpened', 'OpportunityReestimated', 'OpportunityWon'].includes(type)) return false;
    return (data as { amount?: object }).amount && metadata.occurredAt.slice(0, 10) <= at;
  });
  return (known.at(-1)?.data as { amount?: { minor: number; currency: string } } | undefined)?.amount;
}

function recountedStock(stories: readonly Happened[][], at: Day) {
  return ALL.map(stage => {
    const here = stories.filter(story => stageAt(movesOf(story), at) === stage);
    const sums: Record<string, number> = {};
    for (const amount of here.map(story => amountAt(story, at)))
      if (amount) sums[amount.currency] = (sums[amount.currency] ?? 0) + amount.minor;
    const amounts = Object.keys(sums)
      .sort()
      .map(currency => ({ minor: sums[currency], currency }));
    return { stage, count: here.length, amounts };
  });
}

function recountedFlow(stories: readonly Happened[][], { from, to }: { from: Day; to: Day }) {
  const counts: Record<string, number> = {};
  for (const moves of stories.map(movesOf))
    for (const [index, move] of moves.entries()) {
      if (move.on < from || move.on > to) continue;
      const key = `${moves[index - 1]?.to ?? ''} > ${move.to}`;
      counts[key] = (counts[key] ?? 0) + 1;
    }
  return counts;
}

/** Day by day: an opportunity is in a stage for a day if it is there at the end of it. */
function recountedTimes(stories: readonly Happened[][], { from, to }: { from: Day; to: Day }, today: Day) {
  const cohort = stories.map(movesOf).filter(moves => {
    const first = moves.find(move => move.to !== 'lost');
    return first && first.on >= from && first.on <= to;
  });
  return codes.map(stage => {
    const entered = cohort.filter(moves => moves.some(move => move.to === stage));
    const days = entered.map(moves => {
      const start = moves.map(({ on }) => on).sort()[0]!;
      const every = Array.from({ length: daysBetween(start, today) }, (_, index) => addDays(start, index));
      return every.filter(day => stageAt(moves, day) === stage).length;
    });
    days.sort((a, b) => a - b);
    const half = days.length / 2;
    const mean = days.reduce((sum, count) => sum + count, 0) / days.length;
    const median = (days[Math.ceil(half) - 1]! + days[Math.floor(half)]!) / 2;
    return {
      stage,
      entered: days.length,
      meanDays: days.length ? mean : null,
      medianDays: days.length ? median : null,
    };
  });
}

describe('flow, stock and time in stage', () => {
  it('equal a recount of the events, also as they were known on any day (slow)', async () => {
    await everyAnswer<StagesTables & OrganisationTables, { period: { from: Day; to: Day }; at: Day; knownOn?: Day }>(
      [stages, organisation],
      question,
      async (db, all, { period, at, knownOn }) => {
        const stories = byOpportunity(knownBy(all, knownOn));
        const stock = await stockOf(seeingAll(db), { at, knownOn });
        expect(stock.map(({ stage, count, amounts }) => ({ stage, count, amounts }))).toEqual(
          recountedStock(stories, at),
        );

        const flow = await flowOf(seeingAll(db), { period, knownOn });
        expect(Object.fromEntries(flow.map(({ from, to, count }) => [`${from ?? ''} > ${to}`, count]))).toEqual(
          recountedFlow(stories, period),
        );

        const today = knownOn ?? TODAY;
        const times = await timeInStageOf(seeingAll(db), { cohort: period, knownOn, today });
        expect(times.map(({ name: _, ...time }) => time)).toEqual(recountedTimes(stories, period, today));
      },
    );
  }, 180_000);
});
