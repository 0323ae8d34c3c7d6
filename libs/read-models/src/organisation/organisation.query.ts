import type { Day } from '#event-sourcing/event.js';
import type { View } from '../access/view.js';
import { type Assignment, assignmentsOf } from './assignments.js';
import type { OrganisationTables } from './organisation.projection.js';

/** Who was where when, as known on a day (default: today): a few lines per employee, to be joined on owner and day. */
export async function assignments(view: View<OrganisationTables>, knownOn?: Day): Promise<Assignment[]> {
  const [people, teams] = await Promise.all([
    view.rows('organisation.employees').select(['employeeId', 'moves']).execute(),
    view.rows('organisation.teams').select(['teamId', 'region']).execute(),
  ]);
  const regionOfTeam = new Map(teams.map(({ teamId, region }) => [teamId, region]));
  return people.flatMap(person => assignmentsOf(person, regionOfTeam, knownOn));
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
