import type { Day } from '#event-sourcing/event.js';
import type { Projection } from '#event-sourcing/projection.js';
import { systemViewer } from '#platform/access/viewer.js';
import { listed } from '#read-models/directory/list/list.query.js';
import { lists, lookupNow } from '#read-models/directory/lists.js';
import { type FunnelTables, funnel as funnelProjection } from '#read-models/funnel/funnel.projection.js';
import { type FunnelQuestion, funnelOf } from '#read-models/funnel/funnel.query.js';
import type { OrganisationTables } from '#read-models/organisation/organisation.projection.js';
import type { SalesDailyArgs } from '#read-models/sales-daily/sales-daily.args.js';
import { salesDaily } from '#read-models/sales-daily/sales-daily.projection.js';
import { SalesDailyResolver } from '#read-models/sales-daily/sales-daily.resolver.js';
import { SortDirection } from '#read-models/shared/connection.js';
import type { Reading } from '#read-models/shared/reading.js';
import { employeeId, PERIOD, teamId } from './history.js';
import { naiveDay, naiveFunnel, naiveList, naiveMonth } from './naive.js';

/** A question to the API, the same without HTTP and GraphQL, and the same to the database by naive SQL. */
export interface Question {
  readonly name: string;
  readonly graphql: string;
  readonly inProcess: (reading: Reading) => Promise<unknown>;
  /** Of a question about the past the baseline is to replay the log instead. */
  readonly naive?: string;
}

/** Whoever sees everything, as administrators do. */
const viewer = systemViewer();

interface Range {
  readonly from: Day;
  readonly to: Day;
}

const YEAR = { from: '2025-07-01', to: PERIOD.to };
/** Begins and ends in the middle of a month: the hardest for totals that are kept by month. */
const ODD = { from: '2025-08-11', to: '2026-03-20' };
/** The first year, as it was known in the middle of its last month. */
const FIRST_YEAR = { from: PERIOD.from, to: '2025-06-20' };

const FIGURES = 'stages { stage reached amount { minor } } won lost winRate';
type Dimension = FunnelQuestion['groupBy'][number];

function funnel(name: string, cohort: Range, by: readonly [Dimension, sql: string] | [], knownOn?: Day): Question {
  const [dimension, sql] = by;
  const groupBy = dimension ? [dimension] : [];
  const known = knownOn ? `, knownOn: "${knownOn}"` : '';
  const args = `cohort: { from: "${cohort.from}", to: "${cohort.to}" }, groupBy: [${groupBy}]${known}`;
  return {
    name,
    graphql: `{ funnel(${args}) { ${FIGURES} groups { key ${FIGURES} } } }`,
    inProcess: async reading => {
      const view = await reading.at<FunnelTables & OrganisationTables>(viewer, []);
      return funnelOf(view, { cohort, mode: 'IMPLIED', groupBy, knownOn });
    },
    naive: knownOn ? undefined : naiveFunnel({ ...cohort, by: sql }),
  };
}

const SALES = 'receipts { count amount { minor } } newCustomers { count } newOpportunities interactions { kind count }';

function daily(name: string, args: Range & { team?: string; knownOn?: Day }, naive?: string): Question {
  const given = Object.entries(args).map(([name, value]) => `${name}: "${value}"`);
  return {
    name,
    graphql: `{ salesDaily(${given.join(', ')}) { totals { ${SALES} } rows { day employee { name } ${SALES} } } }`,
    inProcess: async reading => {
      const report = await new SalesDailyResolver(reading).salesDaily(args as SalesDailyArgs, {
        viewer,
        sender: { actor: viewer.actor, viewer },
        address: '127.0.0.1',
      });
      return [report.totals(), report.rows()];
    },
    naive,
  };
}

const owner = employeeId(7);
const openOfOwner: Question = {
  name: 'open opportunities of an owner by amount, first 50 and their number',
  graphql: `{ opportunities(filter: { ownerId: ["${owner}"], status: [OPEN] }, sort: { by: AMOUNT, direction: DESC }, first: 50) {
    totalCount nodes { id name amount { minor } expectedCloseOn owner { name } customer { name } } } }`,
  inProcess: async reading => {
    const { view, lookup } = await lookupNow(reading, viewer);
    const sort = { by: 'AMOUNT', direction: SortDirection.DESC };
    const asked = { filter: { ownerId: [owner], status: ['OPEN'] }, sort, page: { first: 50 } };
    return (await listed(view, lists.opportunities, asked, lookup)).totalCount();
  },
  naive: naiveList(owner),
};

const DAY = { from: '2026-03-02', to: '2026-03-02' };
const MONTH = { from: '2026-03-01', to: '2026-03-31' };
const TEAM = teamId(3);
const byRegion = ['REGION', 'region'] as const;

/** Asked with all that is known. */
export const questions: readonly Question[] = [
  funnel('funnel of a year', YEAR, []),
  funnel('funnel of a year by month', YEAR, ['COHORT_MONTH', `date_trunc('month', cohort_on)`]),
  funnel('funnel of a year by region', YEAR, byRegion),
  funnel('funnel of odd days by region', ODD, byRegion),
  funnel('funnel of a year by owner', YEAR, ['OWNER', 'owner_id']),
  daily('daily report, a day of all', DAY, naiveDay(DAY.from)),
  daily('daily report, a month of a team', { ...MONTH, team: TEAM }, naiveMonth(MONTH, TEAM)),
  openOfOwner,
];

/** As known on a day; how much of the history had happened by then tells what replaying it would take. */
export const questionsOfThePast: readonly (Question & { readonly knownOn: Day; readonly projection: Projection })[] = [
  {
    ...funnel('funnel of a year', FIRST_YEAR, [], FIRST_YEAR.to),
    knownOn: FIRST_YEAR.to,
    projection: funnelProjection,
  },
  {
    ...funnel('funnel of a year by region', FIRST_YEAR, byRegion, FIRST_YEAR.to),
    knownOn: FIRST_YEAR.to,
    projection: funnelProjection,
  },
  {
    ...funnel('funnel of a year by owner', FIRST_YEAR, ['OWNER', ''], FIRST_YEAR.to),
    knownOn: FIRST_YEAR.to,
    projection: funnelProjection,
  },
  {
    ...daily('daily report, a day of all', { ...DAY, knownOn: '2026-03-10' }),
    knownOn: '2026-03-10',
    projection: salesDaily,
  },
  {
    ...daily('daily report, a month of a team', { ...MONTH, team: TEAM, knownOn: '2026-04-10' }),
    knownOn: '2026-04-10',
    projection: salesDaily,
  },
];

/** RFM as of a day; each day is another question. */
export const rfmAsOf = (asOf: Day): string =>
  `{ rfm(asOf: "${asOf}") { segments { segment customers transactions amount { minor } } cells { cell customers } } }`;
