import { Args, Context, Query, Resolver } from '@nestjs/graphql';
import { Allow } from '#platform/access/allow.js';
import type { RequestContext } from '#platform/access/request-context.js';
import { type OrganisationTables, organisation } from '../organisation/organisation.projection.js';
import { placesOf } from '../organisation/organisation.query.js';
import { Reading } from '../shared/reading.js';
import { periodOf, SalesDailyArgs } from './sales-daily.args.js';
import { type SalesDailyTables, salesDaily } from './sales-daily.projection.js';
import { linesOf, newCustomersOf, staff } from './sales-daily.query.js';
import { reportOf } from './sales-daily.report.js';
import { activities, daysOf, presence } from './sales-daily.rows.js';
import { scopeOf } from './sales-daily.scope.js';
import { SalesDailyReport } from './sales-daily.types.js';

@Resolver(() => SalesDailyReport)
export class SalesDailyResolver {
  constructor(private readonly reading: Reading) {}

  @Allow('salesDaily.read')
  @Query(() => SalesDailyReport, {
    description:
      'What each salesperson did on each day (销售日报): receipts, contracts, customers, contacts, tasks, leads.',
  })
  async salesDaily(
    @Args() args: SalesDailyArgs,
    @Context() { viewer }: RequestContext,
  ): Promise<ReturnType<typeof reportOf>> {
    const period = periodOf(args);
    const view = await this.reading.at<SalesDailyTables & OrganisationTables>(
      viewer,
      [salesDaily, organisation],
      args.atLeast,
    );
    const [people, places] = await Promise.all([staff(view, period.knownOn), placesOf(view, period.knownOn)]);
    const { assignments, employeeNames, teamNames } = places;
    const scope = scopeOf(args, assignments);
    const days = daysOf(period);
    // Before the figures are read: a report that is too long is refused at little cost.
    const present = presence(days, people, scope);
    const done = activities(present, await linesOf(view, period, scope.employees), scope);
    const newCustomers = () => newCustomersOf(view, period);
    return reportOf(done, { days, teamOf: scope.teamOf, employeeNames, teamNames, newCustomers });
  }
}
