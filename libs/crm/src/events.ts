import type { AccountEvents } from './account/account.events.js';
import type { CampaignEvents } from './campaign/campaign.events.js';
import type { ContractEvents } from './contract/contract.events.js';
import type { CustomerEvents } from './customer/customer.events.js';
import type { EmployeeEvents } from './employee/employee.events.js';
import type { InteractionEvents } from './interaction/interaction.events.js';
import type { LeadEvents } from './lead/lead.events.js';
import type { OpportunityEvents } from './opportunity/opportunity.events.js';
import type { PaymentEvents } from './payment/payment.events.js';
import type { PersonalEvents } from './personal/personal.events.js';
import type { PipelineEvents } from './pipeline/pipeline.events.js';
import type { TaskEvents } from './task/task.events.js';
import type { TeamEvents } from './team/team.events.js';

/** Every event of the CRM by type: what projections and policies are written against. */
export type CrmEvents = AccountEvents &
  CampaignEvents &
  ContractEvents &
  CustomerEvents &
  EmployeeEvents &
  InteractionEvents &
  LeadEvents &
  OpportunityEvents &
  PaymentEvents &
  PersonalEvents &
  PipelineEvents &
  TaskEvents &
  TeamEvents;
