import type { Day } from '#event-sourcing/event.js';
import type { View } from '../access/view.js';
import { type Assignment, assignmentsOf } from './assignments.js';
import type { OrganisationTables } from './organisation.projection.js';

/** Who was where when, and what all of them and their teams are called today. */
export interface Places {
  readonly assignments: readonly Assignment[];
  readonly employeeNames: ReadonlyMap<string, string>;
  readonly teamNames: ReadonlyMap<string, string>;
}

/** The places as known on a day (default: today): a few assignments per employee, to be joined on owner and day. */
export async function placesOf(view: View<OrganisationTables>, knownOn?: Day): Promise<Places> {
  const [people, teams] = await Promise.all([
    view.rows('organisation.employees').selectAll().execute(),
    view.rows('organisation.teams').selectAll().execute(),
  ]);
  const regionOfTeam = new Map(teams.map(({ teamId, region }) => [teamId, region]));
  return {
    assignments: people.flatMap(person => assignmentsOf(person, regionOfTeam, knownOn)),
    employeeNames: new Map(people.map(({ employeeId, name }) => [employeeId, name])),
    teamNames: new Map(teams.map(({ teamId, name }) => [teamId, name])),
  };
}

/** Today's names by id; ids without a name are left out. */
export async function namesOf(
  view: View<OrganisationTables>,
  kind: 'employee' | 'team' | 'campaign' | 'pipeline',
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await view
    .rows(`organisation.${kind}s`)
    .select([`${kind}Id as id`, 'name'])
    .where(`${kind}Id`, 'in', ids)
    .execute();
  return new Map(rows.map(({ id, name }) => [id, name]));
}
