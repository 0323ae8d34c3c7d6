import { type RawBuilder, sql } from 'kysely';
import { addDays } from '#event-sourcing/business-time.js';
import type { Day } from '#event-sourcing/event.js';
import type { TotalsTable } from '#event-sourcing/projection.js';
import { firstOf, type Grain, nextAfter } from './periods.js';
import type { TotalsRow } from './tables.js';
import { allOf, partsByDate, within } from './totals-periods.js';
import { changesOf, dateOf, dimensionsOf, GRAINS } from './totals-shape.js';

export interface TotalsRange<Dimension extends string = string> {
  /** First and last day of the totals' date, both included; left out: from or to the end of time. */
  readonly from?: Day;
  readonly to?: Day;
  /** Only what was recorded by the end of this day. */
  readonly knownOn?: Day;
  /**
   * The dimensions that the question chooses, joins or groups by, beside the date; left out: all. The lines have these and perhaps
   * more: they come from the smallest roll-up that has them.
   */
  readonly dimensions?: readonly string[];
  /**
   * What stands as the date of a line: its `day`; its `month` (the first of it); or `mixed`, the default and as cheap as `month`:
   * the first of the month for whole months, the day (in roll-ups also the first of ten) at both ends of the range; or `coarse`, the
   * cheapest: like `mixed`, but the first of the quarter for whole quarters.
   */
  readonly grain?: 'day' | 'month' | 'mixed' | 'coarse';
  /**
   * With `mixed` and `coarse`: these months (named by their first day) of these values are given by day, and these quarters at most
   * by month, so that a join on the date finds somebody who changed teams in the middle of one in the right one.
   */
  readonly daysOf?: {
    readonly dimension: Dimension;
    readonly months: readonly { readonly value: string; readonly month: Day }[];
    readonly quarters?: readonly { readonly value: string; readonly quarter: Day }[];
  };
}

/** The names of a totals table's dimensions. */
export type DimensionOf<Table> = Table extends TotalsTable<infer By, infer Each> ? By | (keyof Each & string) : never;

type Sql = RawBuilder<unknown>;

const isSplit = ({ months, quarters = [] }: NonNullable<TotalsRange['daysOf']>): boolean =>
  months.length > 0 || quarters.length > 0;

/** The totals themselves or one of their roll-ups. */
interface Chosen {
  readonly name: string;
  readonly dimensions: readonly string[];
  readonly isRollup: boolean;
}

/**
 * Lines with dimensions and sums of a totals table over a range of days, also as they were known on a day. Exact, and its
 * cost does not grow with the range. The lines are not added up: filter (Postgres pushes it down), group and sum them:
 * `db.selectFrom(totalsBetween(totals, { from, to, knownOn }).as('t')).groupBy('t.stage').select(…)`.
 */
export function totalsBetween<Table extends TotalsTable>(
  totals: Table,
  range: TotalsRange<DimensionOf<Table>> = {},
): RawBuilder<TotalsRow<Table>> {
  const date = dateOf(totals);
  if (!date && (range.from || range.to || range.daysOf)) throw new Error(`${totals.path} has no date to choose by.`);
  const before = range.to && addDays(range.to, 1);
  const chosen = smallest(totals, range);
  const month = date && range.grain === 'month' ? sql`date_trunc('month', ${sql.ref(`t.${date}`)})::date` : undefined;
  const select = (sign: Sql, from: Sql) => {
    return sql`select ${linesOf(totals, chosen, sign, date && month ? { [date]: month } : {})} from ${from}`;
  };
  const partsOf = (name: string, kept: readonly Grain[]) => {
    const table = sql.table(`${totals.projection}.${name}`);
    return date ? partsByDate({ table, date, range, before, kept }) : [sql`${table} as t where true`];
  };
  const [plus, minus] = [sql``, sql`-`];
  const live = partsOf(chosen.name, chosen.isRollup ? GRAINS.rollup : GRAINS.totals);
  const { knownOn } = range;
  const dates = date ? within(sql.ref(`t.${date}`), range.from, before) : [];
  const logged = (...conditions: Sql[]) => sql`${sql.table(`${totals.path}Changes`)} as t
    where ${allOf([...conditions, ...dates])}`;
  const waiting = select(plus, logged(...isWaiting(totals), ...(knownOn ? [sql`t.known_on <= ${knownOn}::date`] : [])));
  if (!knownOn) return unionOf([...live.map(part => select(plus, part)), waiting]);

  const changes = (...conditions: Sql[]) => logged(...conditions, wasPosted(totals));
  if (chosen.isRollup) {
    const since = monthsSince(knownOn);
    return unionOf([
      ...live.map(part => select(plus, part)),
      ...partsOf(changesOf(chosen.name), GRAINS.changes).map(part =>
        select(minus, sql`${part} and t.known_in >= ${since.month}::date`),
      ),
      select(since.isAfter ? minus : plus, changes(...since.days)),
      waiting,
    ]);
  }
  // Two ways to the same figures: back from today's, or all changes up to the day. Postgres runs only the one whose condition holds.
  const back = sql`coalesce(${backIsShorter(totals, knownOn)}, true)`;
  return unionOf([
    ...live.map(part => select(plus, sql`${part} and ${back}`)),
    select(minus, changes(sql`t.known_on > ${knownOn}::date`, back)),
    select(plus, changes(sql`t.known_on <= ${knownOn}::date`, sql`not ${back}`)),
    waiting,
  ]);
}

const posted = (totals: TotalsTable): Sql => sql`(select page from ${sql.table(`${totals.path}Posted`)})`;

/** That a change is not in the totals yet. The upper bound tells Postgres that these are few, as it expects of a range. */
const isWaiting = (totals: TotalsTable): Sql[] => [
  sql`t.page > ${posted(totals)}`,
  sql`t.page <= ${sql.lit('9223372036854775807')}::bigint`,
];

/** That it is; those that a build appended have no page. */
const wasPosted = (totals: TotalsTable): Sql => sql`(t.page is null or t.page <= ${posted(totals)})`;

/** The one with the fewest dimensions of those that answer the question. */
function smallest(totals: TotalsTable, { dimensions, daysOf }: TotalsRange): Chosen {
  const all = dimensionsOf(totals).map(([name]) => name);
  const whole: Chosen = { name: totals.name, dimensions: all, isRollup: false };
  if (!dimensions) return whole;
  const unknown = dimensions.find(name => !all.includes(name));
  if (unknown) throw new Error(`${totals.path} has no dimension ${unknown}.`);
  const needed = [...dimensions, ...(daysOf && isSplit(daysOf) ? [daysOf.dimension] : [])];
  const sufficient = totals.rollups
    .filter(rollup => needed.every(dimension => rollup.dimensions.includes(dimension)))
    .map(
      ({ name, dimensions }): Chosen => ({
        name,
        dimensions: all.filter(one => dimensions.includes(one)),
        isRollup: true,
      }),
    );
  return sufficient.sort((a, b) => a.dimensions.length - b.dimensions.length)[0] ?? whole;
}

/**
 * What became known after a day, as months of knowledge from one on and the days by which these are too few (`isAfter`) or too many:
 * whichever of the two is shorter.
 */
function monthsSince(knownOn: Day): { readonly month: Day; readonly isAfter: boolean; readonly days: readonly Sql[] } {
  const next = addDays(knownOn, 1);
  if (next.endsWith('-01')) return { month: next, isAfter: true, days: [sql`false`] };
  const known = sql.ref('t.known_on');
  return Number(knownOn.slice(8)) > 15
    ? { month: nextAfter('m', knownOn), isAfter: true, days: within(known, next, nextAfter('m', knownOn)) }
    : { month: firstOf('m', knownOn), isAfter: false, days: within(known, firstOf('m', knownOn), next) };
}

const unionOf = <Row>(parts: readonly Sql[]): RawBuilder<Row> => sql<Row>`(${sql.join(parts, sql` union all `)})`;

/** Dimensions and sums in one order for all parts, the sums with their sign. */
function linesOf(totals: TotalsTable, chosen: Chosen, sign: Sql, replaced: { readonly [dimension: string]: Sql }): Sql {
  const dimensions = chosen.dimensions.map(name => sql`${replaced[name] ?? sql.ref(`t.${name}`)} as ${sql.ref(name)}`);
  const sums = Object.keys(totals.sums).map(name => sql`${sign}${sql.ref(`t.${name}`)} as ${sql.ref(name)}`);
  return sql.join([...dimensions, ...sums]);
}

/** Whether fewer days of recording lie after `knownOn` than before it: an estimate that costs one read of the registry. */
const backIsShorter = (totals: TotalsTable, knownOn: Day): Sql => sql`(
  select ${knownOn}::date - known_from >= known_until - ${knownOn}::date
  from projections.generations where name = ${totals.projection} and slot = 'live')`;
