import { type RawBuilder, sql } from 'kysely';
import { addDays } from '#event-sourcing/business-time.js';
import type { Day } from '#event-sourcing/event.js';
import type { TotalsTable } from '#event-sourcing/projection.js';
import type { TotalsRow } from './tables.js';
import { dateOf, dimensionsOf } from './totals-shape.js';

export interface TotalsRange<Dimension extends string = string> {
  /** First and last day of the totals' date, both included; left out: from or to the end of time. */
  readonly from?: Day;
  readonly to?: Day;
  /** Only what was recorded by the end of this day. */
  readonly knownOn?: Day;
  /**
   * What stands as the date of a line: its `day`; its `month` (the first of it); or `mixed`, the default and as cheap as `month`:
   * the first of the month for whole months, the day at both ends of the range.
   */
  readonly grain?: 'day' | 'month' | 'mixed';
  /**
   * With `mixed`: these months (named by their first day) of these values are given by day, so that a join on the date finds
   * somebody who changed teams in the middle of the month in the right one.
   */
  readonly daysOf?: {
    readonly dimension: Dimension;
    readonly months: readonly { readonly value: string; readonly month: Day }[];
  };
}

/** The names of a totals table's dimensions. */
export type DimensionOf<Table> = Table extends TotalsTable<infer By, infer Each> ? By | (keyof Each & string) : never;

type Sql = RawBuilder<unknown>;

const firstOfMonth = (day: Day): Day => `${day.slice(0, 7)}-01`;
const nextMonth = (day: Day): Day => firstOfMonth(addDays(firstOfMonth(day), 31));
const allOf = (conditions: readonly Sql[]): Sql => (conditions.length ? sql.join(conditions, sql` and `) : sql`true`);

/** Conditions for a date in `[from, before)`, each end left open where it is not given. */
const within = (date: Sql, from?: Day, before?: Day): Sql[] => [
  ...(from ? [sql`${date} >= ${from}::date`] : []),
  ...(before ? [sql`${date} < ${before}::date`] : []),
];

/**
 * Lines with all dimensions and sums of a totals table over a range of days, also as they were known on a day. Exact, and its
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
  const day = date && range.grain === 'month' ? sql`date_trunc('month', ${sql.ref(`t.${date}`)})::date` : undefined;
  const lines = (sign: Sql = sql``) => linesOf(totals, sign, date && day ? { [date]: day } : {});

  const live = date ? livePartsByDate(totals, date, range, before) : [sql`${sql.table(totals.path)} as t where true`];
  if (!range.knownOn) return unionOf(live.map(part => sql`select ${lines()} from ${part}`));

  // Two ways to the same figures: back from today's, or all changes up to the day. Postgres runs only the one whose condition holds.
  const back = sql`coalesce(${backIsShorter(totals, range.knownOn)}, true)`;
  const dates = date ? within(sql.ref(`t.${date}`), range.from, before) : [];
  const changes = (...conditions: Sql[]) => sql`${sql.table(`${totals.path}Changes`)} as t
    where ${allOf([...conditions, ...dates])}`;
  return unionOf([
    ...live.map(part => sql`select ${lines()} from ${part} and ${back}`),
    sql`select ${lines(sql`-`)} from ${changes(sql`t.known_on > ${range.knownOn}::date`, back)}`,
    sql`select ${lines()} from ${changes(sql`t.known_on <= ${range.knownOn}::date`, sql`not ${back}`)}`,
  ]);
}

const unionOf = <Row>(parts: readonly Sql[]): RawBuilder<Row> => sql<Row>`(${sql.join(parts, sql` union all `)})`;

/** Whole months by month and the days at both ends by day, as `from … where …`. */
function livePartsByDate(totals: TotalsTable, date: string, range: TotalsRange, before?: Day): Sql[] {
  const { from, grain = 'mixed', daysOf } = range;
  const on = sql.ref(`t.${date}`);
  const part = (grain: 'd' | 'm', ...conditions: Sql[]) =>
    sql`${sql.table(totals.path)} as t where ${allOf([sql`t.grain = ${sql.lit(grain)}`, ...conditions])}`;
  const firstMonth = from && (from === firstOfMonth(from) ? from : nextMonth(from));
  const endOfMonths = before && firstOfMonth(before);
  const hasMonths = !firstMonth || !endOfMonths || firstMonth < endOfMonths;
  if (grain === 'day' || !hasMonths) return [part('d', ...within(on, from, before))];

  const parts: Sql[] = [];
  if (from !== firstMonth) parts.push(part('d', ...within(on, from, firstMonth)));
  if (before !== endOfMonths) parts.push(part('d', ...within(on, endOfMonths, before)));
  const months = within(on, firstMonth, endOfMonths);
  if (!daysOf?.months.length) return [...parts, part('m', ...months)];

  const value = sql.ref(`t.${daysOf.dimension}`);
  const values = daysOf.months.map(one => one.value);
  const starts = daysOf.months.map(one => one.month);
  // Arrays, because Postgres knows how long they are: of a JSON document it expects a hundred lines and scans all days.
  const split = sql`unnest(${values}::text[], ${starts}::date[]) as split(value, month)`;
  const splitHere = sql`split.value = ${value} and split.month = ${on}`;
  return [
    ...parts,
    part('m', ...months, sql`not exists (select from ${split} where ${splitHere})`),
    sql`${split} join ${sql.table(totals.path)} as t on t.grain = 'd' and split.value = ${value}
      and ${on} >= split.month and ${on} < (split.month + interval '1 month')::date where ${allOf(months)}`,
  ];
}

/** Dimensions and sums in one order for all parts, the sums with their sign. */
function linesOf(totals: TotalsTable, sign: Sql, replaced: { readonly [dimension: string]: Sql }): Sql {
  const dimensions = dimensionsOf(totals).map(
    ([name]) => sql`${replaced[name] ?? sql.ref(`t.${name}`)} as ${sql.ref(name)}`,
  );
  const sums = Object.keys(totals.sums).map(name => sql`${sign}${sql.ref(`t.${name}`)} as ${sql.ref(name)}`);
  return sql.join([...dimensions, ...sums]);
}

/** Whether fewer days of recording lie after `knownOn` than before it: an estimate that costs one read of the registry. */
const backIsShorter = (totals: TotalsTable, knownOn: Day): Sql => sql`(
  select ${knownOn}::date - known_from >= known_until - ${knownOn}::date
  from projections.generations where name = ${totals.projection} and slot = 'live')`;
