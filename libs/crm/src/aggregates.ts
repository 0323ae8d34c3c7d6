import type { AnyDecider } from '#event-sourcing/decider.js';
import { account } from './account/account.decider.js';
import { campaign } from './campaign/campaign.decider.js';
import { contract } from './contract/contract.decider.js';
import { customer } from './customer/customer.decider.js';
import { employee } from './employee/employee.decider.js';
import { interaction } from './interaction/interaction.decider.js';
import { lead } from './lead/lead.decider.js';
import { opportunity } from './opportunity/opportunity.decider.js';
import { payment } from './payment/payment.decider.js';
import { personal } from './personal/personal.decider.js';
import { pipeline } from './pipeline/pipeline.decider.js';
import { task } from './task/task.decider.js';
import { team } from './team/team.decider.js';

/** Every aggregate of the CRM: the only wiring. Mutations, permissions and handlers are made from this list. */
export const aggregates: readonly AnyDecider[] = [
  team,
  employee,
  account,
  personal,
  campaign,
  pipeline,
  lead,
  customer,
  opportunity,
  contract,
  payment,
  interaction,
  task,
];
