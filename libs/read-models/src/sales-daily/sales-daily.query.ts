import { sql } from 'kysely';
import type { Day } from '#event-sourcing/event.js';
import { reaches } from '#platform/access/viewer.js';
import type { View } from '../access/view.js';
import { columnOf, linesIn } from '../shared/columns.js';
import type { Figure } from './sales-daily.figures.js';
import { type NameKnown, type SalesDailyTables, totals } from './sales-daily.projection.js';
import { MAX_NAMES, type NewCustomer } from './sales-daily.report.js';
import type { DailyLine, Employment } from './sales-daily.rows.js';

/** Days of the report, and the day on whose knowledge it rests (default: all that is known). */
export interface Period {
  readonly from: Day;
  readonly to: Day;
  readonly knownOn?: Day;
}

/** What was done in the period, of these employees or of all. */
export async function linesOf(
  view: View<SalesDailyTables>,
  { from, to, knownOn }: Period,
  employees?: readonly string[],
): Promise<DailyLine[]> {
  const sums = view
    .totals(totals, { from, to, knownOn, grain: 'day' })
    .select(({ fn }) => [
      't.day',
      't.employeeId',
      't.figure',
      't.kind',
      't.currency',
      fn.sum('t.count').as('count'),
      fn.sum('t.minor').as('minor'),
    ])
    .$if(employees !== undefined, query => query.where(sql<boolean>`t.employee_id = any(${employees})`))
    .groupBy(['t.day', 't.employeeId', 't.figure', 't.kind', 't.currency'])
    // What was taken back leaves a line of zeros.
    .having(({ fn }) => fn.sum('t.count'), '<>', 0);
  const columns = await view
    .over(sums.as('sums'))
    .select([
      columnOf<Day>('day').as('day'),
      columnOf<string | null>('employeeId').as('employeeId'),
      columnOf<Figure>('figure').as('figure'),
      columnOf<string | null>('kind').as('kind'),
      columnOf<string | null>('currency').as('currency'),
      columnOf<number>('count').as('count'),
      columnOf<number>('minor').as('minor'),
    ])
    .executeTakeFirstOrThrow();
  return linesIn(columns);
}

/** Everybody who was with the company, as it was known, and whose figures the viewer sees. */
export async function staff(view: View<SalesDailyTables>, knownOn?: Day): Promise<Employment[]> {
  const rows = await view
    .rows('salesDaily.employees')
    .selectAll()
    .$if(knownOn !== undefined, query => query.where('knownOn', '<=', knownOn!))
    .execute();
  const sight = view.sightOf(totals.path);
  const seen = rows.filter(({ employeeId }) => reaches(sight, { ownerId: employeeId }));
  return seen.map(({ employeeId, hiredOn, dismissedOn, dismissalKnownOn }) => ({
    employeeId,
    hiredOn,
    dismissedOn: knownOn === undefined || (dismissalKnownOn ?? '') <= knownOn ? dismissedOn : null,
  }));
}

/** New customers in the period whom the viewer still sees, at most `MAX_NAMES` per person and day. */
export async function newCustomersOf(
  view: View<SalesDailyTables>,
  { from, to, knownOn }: Period,
): Promise<NewCustomer[]> {
  const numbered = view
    .rows('salesDaily.customers')
    .select([
      'registeredOn as day',
      'employeeId',
      'names',
      sql<number>`row_number() over (partition by registered_on, employee_id order by customer_id)`.as('place'),
    ])
    .where('registeredOn', '>=', from)
    .where('registeredOn', '<=', to)
    .$if(knownOn !== undefined, query => query.where('knownOn', '<=', knownOn!));
  const rows = await view
    .over(numbered.as('numbered'))
    .select(['day', 'employeeId', 'names'])
    .where('place', '<=', MAX_NAMES)
    .execute();
  return rows.map(({ day, employeeId, names }) => ({ day, employeeId, name: nameOf(names, knownOn) }));
}

const nameOf = (names: readonly NameKnown[], knownOn?: Day): string =>
  names.findLast(name => knownOn === undefined || name.knownOn <= knownOn)!.name;
