import type { Privacy } from '#event-sourcing/privacy.js';
import { accountPrivacy } from './account/account.privacy.js';
import { campaignPrivacy } from './campaign/campaign.privacy.js';
import { contractPrivacy } from './contract/contract.privacy.js';
import { customerPrivacy } from './customer/customer.privacy.js';
import { employeePrivacy } from './employee/employee.privacy.js';
import type { CrmEvents } from './events.js';
import { interactionPrivacy } from './interaction/interaction.privacy.js';
import { leadPrivacy } from './lead/lead.privacy.js';
import { opportunityPrivacy } from './opportunity/opportunity.privacy.js';
import { paymentPrivacy } from './payment/payment.privacy.js';
import { personalPrivacy } from './personal/personal.privacy.js';
import { pipelinePrivacy } from './pipeline/pipeline.privacy.js';
import { taskPrivacy } from './task/task.privacy.js';
import { teamPrivacy } from './team/team.privacy.js';

/** What is personal in each event of the CRM, and whose: what is encrypted in the log, and what an erasure makes unreadable. */
export const privacy: Privacy<CrmEvents> = {
  ...accountPrivacy,
  ...campaignPrivacy,
  ...contractPrivacy,
  ...customerPrivacy,
  ...employeePrivacy,
  ...interactionPrivacy,
  ...leadPrivacy,
  ...opportunityPrivacy,
  ...paymentPrivacy,
  ...personalPrivacy,
  ...pipelinePrivacy,
  ...taskPrivacy,
  ...teamPrivacy,
};
