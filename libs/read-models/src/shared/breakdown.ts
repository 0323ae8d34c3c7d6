import { type RawBuilder, sql } from 'kysely';
import type { Day } from '#event-sourcing/event.js';
import type { View } from '../access/view.js';
import { type Assignment, monthsOfChange, quartersOfChange } from '../organisation/assignments.js';
import type { OrganisationTables } from '../organisation/organisation.projection.js';
import { placesOf } from '../organisation/organisation.query.js';
import type { Dimension } from './dimensions.js';

/** How the lines of a totals table `t` are broken down, in SQL. */
export interface Breakdown {
  readonly dimensions: readonly Dimension[];
  /** For `totalsBetween`: the columns of `t` that it looks at, beside the date. */
  readonly columns: readonly OwnColumn[];
  /** For `totalsBetween`: the days of the months in which an owner changed places. */
  readonly daysOf: {
    readonly dimension: 'ownerId';
    readonly months: readonly { value: string; month: Day }[];
    readonly quarters: readonly { value: string; quarter: Day }[];
  };
  /** For `totalsBetween`: quarters suffice where no figure is by month. */
  readonly grain: 'mixed' | 'coarse';
  /** Where the owner was when, to be joined as `a` on `sameTime`; undefined: it makes no difference. */
  readonly assigned: RawBuilder<Assigned> | undefined;
  readonly sameTime: RawBuilder<boolean>;
  /** What to group by, and what a group's values are then, in the order of the dimensions. */
  readonly keys: readonly RawBuilder<unknown>[];
  readonly values: RawBuilder<(string | null)[]>;
}

interface Assigned {
  employeeId: string;
  teamId: string | null;
  region: string | null;
}

type OwnColumn = 'pipelineId' | 'source' | 'campaignId' | 'ownerId';

const COLUMNS: { readonly [Name in Dimension]?: OwnColumn } = {
  PIPELINE: 'pipelineId',
  SOURCE: 'source',
  CAMPAIGN: 'campaignId',
  OWNER: 'ownerId',
  TEAM: 'ownerId',
  REGION: 'ownerId',
};

const NEEDS_ORGANISATION: readonly Dimension[] = ['REGION', 'TEAM'];

/**
 * Prepares a breakdown. Team and region are those of the owner on the day `date` (a column of `t`), as known on a day.
 * Whoever is in none belongs to the group without: the groups always add up to the whole.
 */
export async function breakdownBy(
  view: View<OrganisationTables>,
  dimensions: readonly Dimension[],
  { date, knownOn }: { date: string; knownOn?: Day },
): Promise<Breakdown> {
  const needed = dimensions.some(dimension => NEEDS_ORGANISATION.includes(dimension));
  const organisation = needed ? (await placesOf(view, knownOn)).assignments : [];
  const day = sql.ref(`t.${date}`);
  const groupings = dimensions.map(dimension => groupingBy(dimension, day));
  return {
    dimensions,
    columns: [...new Set(dimensions.flatMap(dimension => COLUMNS[dimension] ?? []))],
    daysOf: { dimension: 'ownerId', months: monthsOfChange(organisation), quarters: quartersOfChange(organisation) },
    grain: dimensions.includes('COHORT_MONTH') ? 'mixed' : 'coarse',
    assigned: needed ? tableOf(organisation) : undefined,
    sameTime: sql`a.employee_id = t.owner_id and ${day} >= a.since and ${day} < a.before`,
    keys: groupings.map(({ key }) => key),
    // Made of the keys after grouping: an array per line would double the cost of the query.
    values: sql`array[${sql.join(groupings.map(({ value }) => value))}]::text[]`,
  };
}

/**
 * Open ends become infinite ones, so that the join needs no case for them. Arrays, and not JSON: of those Postgres knows the length
 * when it plans the join.
 */
function tableOf(organisation: readonly Assignment[]): RawBuilder<Assigned> {
  const column = <Value>(of: (assignment: Assignment) => Value): Value[] => organisation.map(of);
  return sql<Assigned>`(select * from unnest(
    ${column(({ employeeId }) => employeeId)}::text[], ${column(({ teamId }) => teamId)}::text[],
    ${column(({ region }) => region)}::text[], ${column(({ from }) => from ?? '-infinity')}::date[],
    ${column(({ before }) => before ?? 'infinity')}::date[]) as line(employee_id, team_id, region, since, before))`;
}

interface Grouping {
  readonly key: RawBuilder<unknown>;
  /** An expression over the key. */
  readonly value: RawBuilder<unknown>;
}

function groupingBy(dimension: Dimension, day: RawBuilder<unknown>): Grouping {
  switch (dimension) {
    case 'COHORT_MONTH':
      return period('month', 'YYYY-MM', day);
    case 'COHORT_QUARTER':
      return period('quarter', 'YYYY-"Q"Q', day);
    case 'COHORT_YEAR':
      return period('year', 'YYYY', day);
    case 'PIPELINE':
      return column('t.pipelineId');
    case 'SOURCE':
      return column('t.source');
    case 'CAMPAIGN':
      return column('t.campaignId');
    case 'OWNER':
      return column('t.ownerId');
    case 'TEAM':
      return column('a.teamId');
    case 'REGION':
      return column('a.region');
  }
}

const column = (name: string): Grouping => ({ key: sql.ref(name), value: sql.ref(name) });

/** As literals: with parameters Postgres could not tell that the value is made of the key. */
function period(unit: string, format: string, day: RawBuilder<unknown>): Grouping {
  const key = sql`date_trunc(${sql.lit(unit)}, ${day}::timestamp)`;
  return { key, value: sql`to_char(${key}, ${sql.lit(format)})` };
}
