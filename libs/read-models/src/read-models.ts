import type { Type } from '@nestjs/common';
import type { Projection } from '#event-sourcing/projection.js';
import { accessLogResolvers } from './access-log/access-log.resolver.js';
import { closings } from './closings/closings.projection.js';
import { ClosingsResolver } from './closings/closings.resolver.js';
import { customerCardResolvers } from './customer-card/card.resolver.js';
import { directory } from './directory/directory.projection.js';
import { directoryResolvers } from './directory/directory.resolver.js';
import { funnel } from './funnel/funnel.projection.js';
import { FunnelResolver } from './funnel/funnel.resolver.js';
import { history } from './history/history.projection.js';
import { historyResolvers } from './history/history.resolver.js';
import { leadFunnel } from './lead-funnel/lead-funnel.projection.js';
import { LeadFunnelResolver } from './lead-funnel/lead-funnel.resolver.js';
import { organisation } from './organisation/organisation.projection.js';
import { personal } from './personal/personal.projection.js';
import { projectionsStatusResolvers } from './projections-status/projections-status.resolver.js';
import { rfm } from './rfm/rfm.projection.js';
import { RfmResolver } from './rfm/rfm.resolver.js';
import { salesDaily } from './sales-daily/sales-daily.projection.js';
import { SalesDailyResolver } from './sales-daily/sales-daily.resolver.js';
import { stages } from './stages/stages.projection.js';
import { StagesResolver } from './stages/stages.resolver.js';

/** Everything that is derived from the log. A new read model is a folder and its line here. */
export const projections: readonly Projection[] = [
  organisation,
  directory,
  history,
  funnel,
  leadFunnel,
  closings,
  rfm,
  salesDaily,
  stages,
  personal,
];

/** The queries over it. */
export const resolvers: readonly Type[] = [
  ...directoryResolvers,
  ...customerCardResolvers,
  ...historyResolvers,
  ...accessLogResolvers,
  FunnelResolver,
  LeadFunnelResolver,
  ClosingsResolver,
  RfmResolver,
  SalesDailyResolver,
  StagesResolver,
  ...projectionsStatusResolvers,
];
