import { type RawBuilder, sql } from 'kysely';
import type { Day } from '#event-sourcing/event.js';
import { days, type Filter, flag, ids, search, texts } from '../list/filters.js';
import { list } from '../list/list.js';
import { employee, team } from '../references.js';
import { employees as table } from './employee.rows.js';
import { Employee } from './employee.type.js';
import { placeOn } from './places.js';

/** The place on a day, in the words of `placeOn`. */
const placeAt = (day: Day): RawBuilder<unknown> => sql`(
  select place from jsonb_array_elements(places) with ordinality as held(place, number)
  where coalesce(place->>'from', '') <= ${day} order by number desc limit 1)`;

/** Conditions on today's place: looked up in the document, because which place is today's changes without any event. */
const atPlace = (declaration: Filter<'places'>, value: (place: RawBuilder<unknown>) => RawBuilder<unknown>) => ({
  ...declaration,
  where: (values: readonly string[], today: Day) => sql<boolean>`${value(placeAt(today))} = any(${values}::text[])`,
});

const ownRegionOrTeams = (place: RawBuilder<unknown>) => sql`coalesce(${place}->>'region', (
  select region from ${sql.table('directory.teams')} where team_id = ${place}->>'teamId'))`;

export const employees = list({
  name: 'employees',
  resource: 'employee',
  one: 'employee',
  description: 'Employees (员工), newest first unless sorted otherwise.',
  table,
  node: Employee,
  show: (row, { lookup, today }) => {
    const { region, teamId, managerId } = placeOn(row.places, today);
    return {
      teamId,
      managerId,
      region: async () => region ?? (await lookup.load('teams', teamId))?.region ?? null,
    };
  },
  filters: {
    ids: ids('employeeId', 'Their ids.'),
    externalIds: ids('externalId', 'Their ids in the system they were imported from.'),
    email: texts('email', 'Their e-mail addresses.'),
    teamId: atPlace(ids('places', 'In one of these teams today (团队).'), place => sql`${place}->>'teamId'`),
    region: atPlace(texts('places', 'In one of these regions today (区域).'), ownRegionOrTeams),
    employed: flag(
      ['dismissedOn'],
      'Whether they have not left (在职).',
      today => sql`dismissed_on is null or dismissed_on > ${today}::date`,
    ),
    hiredOn: days('hiredOn', 'First day (入职日期).'),
    search: search(['name', 'externalId', 'email']),
  },
  sorts: {
    NAME: ['name', 'Name (姓名).'],
    HIRED_ON: ['hiredOn', 'First day (入职日期).'],
  },
  references: {
    team: team('teamId', 'The team today (团队).'),
    manager: employee('managerId', 'The manager today (主管).'),
  },
});
