import type { Role } from '#platform/access/permissions.js';
import { type Viewer, viewerOf } from '#platform/access/viewer.js';
import { listed } from '#read-models/directory/list/list.query.js';
import { lists, lookupNow } from '#read-models/directory/lists.js';
import { SortDirection } from '#read-models/shared/connection.js';
import type { Reading } from '#read-models/shared/reading.js';
import { employeeId, ORGANISATION, regionOf, teamId } from './history.js';

/** A list that somebody asks for who does not see all of it. */
export interface LimitedQuestion {
  readonly name: string;
  readonly page: (reading: Reading) => Promise<unknown>;
  readonly count: (reading: Reading) => Promise<unknown>;
}

const TEAM = 3;
const people = [...Array(ORGANISATION.salespeople).keys()];
const inTeams = (isOne: (team: number) => boolean): string[] =>
  people.filter(person => isOne(person % ORGANISATION.teams)).map(employeeId);

const asking = (role: Role, colleagues: readonly string[]): Viewer => {
  const id = colleagues[0]!;
  return viewerOf({ id, roles: [role], employeeId: id }, () => colleagues);
};

/** As the organisation was in the beginning, which is near enough: how many they reach matters, not whom. */
const viewers = {
  'a salesperson': asking('salesperson', [employeeId(TEAM)]),
  'a team leader': asking(
    'teamLeader',
    inTeams(team => teamId(team) === teamId(TEAM)),
  ),
  'a regional manager': asking(
    'regionalManager',
    inTeams(team => regionOf(team) === regionOf(TEAM)),
  ),
};

const newest = { by: 'CREATED', direction: SortDirection.DESC };
const asked = {
  'newest opportunities': { list: lists.opportunities, sort: newest },
  'open opportunities by amount': {
    list: lists.opportunities,
    sort: { by: 'AMOUNT', direction: SortDirection.DESC },
    filter: { status: ['OPEN'] },
  },
  'newest customers': { list: lists.customers, sort: newest },
  'newest payments': { list: lists.payments, sort: newest },
};

/** Each list by each of them: the first 50 entries, and how many there are altogether. */
export const limitedQuestions: readonly LimitedQuestion[] = Object.entries(viewers).flatMap(([who, viewer]) =>
  Object.entries(asked).map(([what, { list, ...given }]): LimitedQuestion => {
    const connection = async (reading: Reading, first: number) => {
      const { view, lookup } = await lookupNow(reading, viewer);
      return listed(view, list, { ...given, page: { first } }, lookup);
    };
    return {
      name: `${what} of ${who}`,
      page: reading => connection(reading, 50),
      count: async reading => (await connection(reading, 0)).totalCount(),
    };
  }),
);
