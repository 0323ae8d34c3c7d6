import { type RawBuilder, sql } from 'kysely';
import type { Day } from '#event-sourcing/event.js';
import { firstOf, type Grain, nextAfter } from './periods.js';
import type { TotalsRange } from './totals-query.js';

type Sql = RawBuilder<unknown>;

export const allOf = (conditions: readonly Sql[]): Sql =>
  conditions.length ? sql.join(conditions, sql` and `) : sql`true`;

/** Conditions for a date in `[from, before)`, each end left open where it is not given. */
export const within = (date: Sql, from?: Day, before?: Day): Sql[] => [
  ...(from ? [sql`${date} >= ${from}::date`] : []),
  ...(before ? [sql`${date} < ${before}::date`] : []),
];

/** Days that are whole periods of a grain. */
interface Run {
  readonly grain: Grain;
  readonly from?: Day;
  readonly before?: Day;
}

/** A range as few whole periods: the coarsest in the middle, finer ones at both ends. Grains from the coarsest to the finest. */
function runsOf([grain, ...finer]: readonly Grain[], from?: Day, before?: Day): Run[] {
  if (!finer.length) return [{ grain: grain!, from, before }];
  const first = from && (from === firstOf(grain!, from) ? from : nextAfter(grain!, from));
  const end = before && firstOf(grain!, before);
  if (first && end && first >= end) return runsOf(finer, from, before);
  return [
    ...(from === first ? [] : runsOf(finer, from, first)),
    { grain: grain!, from: first, before: end },
    ...(before === end ? [] : runsOf(finer, end, before)),
  ];
}

interface Dated {
  readonly table: Sql;
  readonly date: string;
  readonly range: TotalsRange;
  readonly before?: Day;
  /** The periods by which the table is kept. */
  readonly kept: readonly Grain[];
}

const WANTED = { day: ['d'], month: ['m', 'd'], mixed: ['m', 't', 'd'], coarse: ['q', 'm', 't', 'd'] } as const;
/** By what the lines of a period are given that is split. */
const FINER = { q: 'm', m: 'd', t: 'd' } as const;

/** The lines of a range of a table of sums, each by the coarsest period that is allowed, as `from … where …`. */
export function partsByDate({ table, date, range, before, kept }: Dated): Sql[] {
  const { from, grain = 'mixed', daysOf } = range;
  const grains = WANTED[grain].filter(each => kept.includes(each));
  const on = sql.ref(`t.${date}`);
  const value = daysOf && sql.ref(`t.${daysOf.dimension}`);
  const splitOf = (grain: Grain) => (daysOf ? periodsSplit(grain, daysOf) : []);
  const part = (grain: Grain, from: Sql, conditions: readonly Sql[]) => {
    const split = splitOf(grain);
    const unsplit = split.length
      ? [sql`not exists (select from ${tableOf(grain, split)} where split.value = ${value} and split.start = ${on})`]
      : [];
    return sql`${from} where ${allOf([sql`t.grain = ${sql.lit(grain)}`, ...conditions, ...unsplit])}`;
  };
  const partsOf = ({ grain, from, before }: Run): Sql[] => {
    const whole = within(on, from, before);
    const parts = [part(grain, sql`${table} as t`, whole)];
    for (let coarse = grain; coarse !== 'd'; coarse = FINER[coarse]) {
      const split = splitOf(coarse);
      if (!split.length) break;
      const joined = sql`${tableOf(coarse, split)} join ${table} as t on t.grain = ${sql.lit(FINER[coarse])}
        and split.value = ${value} and ${on} >= split.start and ${on} < split.before`;
      parts.push(part(FINER[coarse], joined, whole));
    }
    return parts;
  };
  return runsOf(grains, from, before).flatMap(partsOf);
}

interface Split {
  readonly value: string;
  readonly start: Day;
}

const thirdsOf = (month: Day): Day[] => ['01', '11', '21'].map(day => `${month.slice(0, 8)}${day}`);

/** The periods of a grain that are given by finer ones, each once. */
function periodsSplit(grain: Grain, { months, quarters = [] }: NonNullable<TotalsRange['daysOf']>): Split[] {
  if (grain === 'd') return [];
  const starts = months.flatMap(({ value, month }) =>
    (grain === 't' ? thirdsOf(month) : [firstOf(grain, month)]).map(start => ({ value, start })),
  );
  if (grain === 'q') starts.push(...quarters.map(({ value, quarter }) => ({ value, start: firstOf('q', quarter) })));
  return [...new Map(starts.map(split => [`${split.start} ${split.value}`, split])).values()];
}

/** Arrays, because Postgres knows how long they are: of a JSON document it expects a hundred lines and scans all days. */
const tableOf = (grain: Grain, periods: readonly Split[]): Sql =>
  sql`unnest(${periods.map(({ value }) => value)}::text[], ${periods.map(({ start }) => start)}::date[],
    ${periods.map(({ start }) => nextAfter(grain, start))}::date[]) as split(value, start, before)`;
