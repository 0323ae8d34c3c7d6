import { Args, Context, Info, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import type { GraphQLResolveInfo } from 'graphql';
import { Allow } from '#platform/access/allow.js';
import type { RequestContext } from '#platform/access/request-context.js';
import { type DirectoryTables, directory } from '../directory/directory.projection.js';
import { type Connection, connection, sliceOf } from '../shared/connection.js';
import { Reading } from '../shared/reading.js';
import { isSelected } from '../shared/selected.js';
import { questionOf, RfmArgs, RfmCustomersArgs } from './rfm.args.js';
import { cells } from './rfm.cells.js';
import { customersIn } from './rfm.filter.js';
import { RfmMethod } from './rfm.methods.js';
import { pageOfCustomers, type RankedCustomer } from './rfm.page.js';
import { type RfmTables, rfm } from './rfm.projection.js';
import { recordsOf } from './rfm.query.js';
import { type Report, Reports } from './rfm.report.js';
import { type RfmCustomer, RfmCustomersConnection, RfmReport } from './rfm.types.js';

/** What the list of customers is resolved from. */
type Answer = RfmReport & { readonly report: Report };

@Resolver(() => RfmReport)
export class RfmResolver {
  private readonly reports = new Reports();

  constructor(private readonly reading: Reading) {}

  @Allow('rfm.read')
  @Query(() => RfmReport, {
    description:
      'Customers scored by how recently, how often and for how much they bought (RFM, 客户价值分析). Cuts are quantiles, interpolated as R’s type 7.',
  })
  async rfm(
    @Args() args: RfmArgs,
    @Context() { viewer }: RequestContext,
    @Info() info?: GraphQLResolveInfo,
  ): Promise<Answer> {
    const method = args.method ?? RfmMethod.QUINTILE;
    const question = { ...questionOf(args), withIds: !info || isSelected('customers', info) };
    const view = await this.reading.at<RfmTables>(viewer, [rfm, directory], args.atLeast);
    const report = await this.reports.answer(view, question, method);
    const { currency, cuts, means } = report.customers;
    const { asOf, basis } = question;
    const { segments, cells } = report;
    return { asOf, method, basis, currency, segments, cells, cuts, means, report };
  }

  @ResolveField(() => RfmCustomersConnection, {
    description: 'The customers (客户), those with the largest amounts first.',
  })
  async customers(
    @Parent() { report }: Answer,
    @Args() args: RfmCustomersArgs,
    @Context() { viewer }: RequestContext,
  ): Promise<Connection<RfmCustomer>> {
    const chosen = customersIn(report.customers, this.reports.configuration.segments, args);
    const page = pageOfCustomers(report.customers, report.ranking(), chosen.includes, sliceOf(args));
    const view = await this.reading.at<DirectoryTables>(viewer, [directory]);
    const records = await recordsOf(
      view,
      page.lines.map(({ row }) => row.customerId),
    );
    return connection(page, row => this.nodeOf(report, row, records), chosen.count);
  }

  private nodeOf(
    { customers }: Report,
    { customerId, place, monetary }: RankedCustomer,
    records: Awaited<ReturnType<typeof recordsOf>>,
  ): RfmCustomer {
    const record = records.get(customerId);
    return {
      customerId,
      externalId: record?.externalId ?? null,
      name: record?.name ?? null,
      recencyDays: customers.recencyDays[place]!,
      frequency: customers.frequency[place]!,
      monetary: { minor: monetary, currency: customers.currency },
      r: customers.r[place]!,
      f: customers.f[place]!,
      m: customers.m[place]!,
      cell: cells[customers.cell[place]!]!.cell,
      segment: this.reports.configuration.segments[customers.segment[place]!]!.segment,
    };
  }
}
