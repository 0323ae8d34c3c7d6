import type { Day } from '#event-sourcing/event.js';
import type { View } from '../access/view.js';
import type { OrganisationTables } from '../organisation/organisation.projection.js';
import { type Amounts, amountsOf } from '../shared/amounts.js';
import { type Breakdown, breakdownBy } from '../shared/breakdown.js';
import type { Dimension } from '../shared/dimensions.js';
import { distributionOf } from '../shared/distribution.js';
import { type Group, groupsOf } from '../shared/groups.js';
import { rate } from '../shared/rate.js';
import { type ClosingsTables, cycles, totals } from './closings.projection.js';

export type ClosingPeriod = 'TOTAL' | 'MONTH' | 'QUARTER' | 'YEAR';

export interface ClosingsQuestion {
  /** The days of closing, both included. */
  readonly closed: { readonly from: Day; readonly to: Day };
  readonly per: ClosingPeriod;
  readonly groupBy: readonly Dimension[];
  readonly knownOn?: Day;
}

export interface Closing extends Amounts, Pick<Group<unknown>, 'key' | 'dimensions'> {
  /** `2026-03`, `2026-Q1` or `2026`; `null` for the whole range. */
  readonly period: string | null;
  readonly won: number;
  readonly lost: number;
  readonly winRate: number | null;
  readonly salesCycle: { readonly meanDays: number | null; readonly medianDays: number | null };
}

/** A line of either totals table. */
interface Line {
  readonly values: readonly (string | null)[];
  readonly currency: string | null;
  readonly won: number;
  readonly lost: number;
  readonly wonMinor: number;
  /** How long the won ones of this line took; `null`: the line says nothing about that, but all else. */
  readonly days: number | null;
}

type Reading = View<ClosingsTables & OrganisationTables>;

/** The period is the first dimension of the breakdown. */
const PERIODS = { TOTAL: [], MONTH: ['COHORT_MONTH'], QUARTER: ['COHORT_QUARTER'], YEAR: ['COHORT_YEAR'] } as const;

/** What was won and lost in a range of days, by period and group, in their order; without either one row. */
export async function closingsOf(view: Reading, question: ClosingsQuestion): Promise<Closing[]> {
  const { per, groupBy, knownOn } = question;
  const periods = PERIODS[per];
  const breakdown = await breakdownBy(view, [...periods, ...groupBy], { date: 'closedOn', knownOn });
  const [counts, durations] = await Promise.all([
    countsOf(view, question, breakdown),
    durationsOf(view, question, breakdown),
  ]);
  const lines = [...counts, ...durations];
  if (breakdown.dimensions.length === 0) return [{ period: null, key: '', dimensions: [], ...figuresOf(lines) }];
  const groups = await groupsOf(view, breakdown.dimensions, lines);
  return groups.map(({ dimensions: all, lines }) => {
    const dimensions = all.slice(periods.length);
    const period = periods.length ? all[0]!.label : null;
    return { period, key: dimensions.map(({ label }) => label).join(' / '), dimensions, ...figuresOf(lines) };
  });
}

function figuresOf(lines: readonly Line[]): Omit<Closing, 'period' | 'key' | 'dimensions'> {
  const counted = lines.filter(({ days }) => days === null);
  const won = counted.reduce((sum, line) => sum + line.won, 0);
  const lost = counted.reduce((sum, line) => sum + line.lost, 0);
  const amounts = counted.filter(({ won }) => won > 0).map(({ currency, wonMinor: minor }) => ({ currency, minor }));
  const durations = lines.flatMap(({ days, won }) => (days === null ? [] : [{ value: days, count: won }]));
  const { mean: meanDays, median: medianDays } = distributionOf(durations);
  return { won, lost, winRate: rate(won, won + lost), ...amountsOf(amounts), salesCycle: { meanDays, medianDays } };
}

async function countsOf(view: Reading, { closed, knownOn }: ClosingsQuestion, breakdown: Breakdown): Promise<Line[]> {
  const { columns, daysOf, grain, assigned, sameTime, keys, values } = breakdown;
  const lines = await view
    .totals(totals, { ...closed, knownOn, daysOf, grain, dimensions: ['currency', ...columns] })
    .$if(assigned !== undefined, query => query.leftJoin(assigned!.as('a'), join => join.on(sameTime)))
    .select(['t.currency', values.as('values')])
    .select(({ fn }) => [
      fn.sum<number>('t.won').as('won'),
      fn.sum<number>('t.lost').as('lost'),
      fn.sum<number>('t.wonMinor').as('wonMinor'),
    ])
    .groupBy(['t.currency', ...keys])
    .execute();
  // As known on an earlier day, what was taken back until then is still there as lines of nothing.
  return lines.filter(({ won, lost }) => won || lost).map(line => ({ ...line, days: null }));
}

async function durationsOf(
  view: Reading,
  { closed, knownOn }: ClosingsQuestion,
  breakdown: Breakdown,
): Promise<Line[]> {
  const { columns, daysOf, grain, assigned, sameTime, keys, values } = breakdown;
  const lines = await view
    .totals(cycles, { ...closed, knownOn, daysOf, grain, dimensions: ['days', ...columns] })
    .$if(assigned !== undefined, query => query.leftJoin(assigned!.as('a'), join => join.on(sameTime)))
    .select(['t.days', values.as('values'), ({ fn }) => fn.sum<number>('t.won').as('won')])
    .groupBy(['t.days', ...keys])
    .execute();
  return lines.filter(({ won }) => won).map(line => ({ ...line, currency: null, lost: 0, wonMinor: 0 }));
}
