import type { TablesOf } from '#projections/tables.js';
import { campaigns } from './campaign/campaign.rows.js';
import { contracts } from './contract/contract.rows.js';
import { contacts } from './customer/contact.rows.js';
import { customers } from './customer/customer.rows.js';
import { employees } from './employee/employee.rows.js';
import { interactions } from './interaction/interaction.rows.js';
import { leads } from './lead/lead.rows.js';
import { opportunities } from './opportunity/opportunity.rows.js';
import { payments } from './payment/payment.rows.js';
import { pipelines } from './pipeline/pipeline.rows.js';
import { tasks } from './task/task.rows.js';
import { teams } from './team/team.rows.js';

/** What no list shows. */
export { customerShares } from './customer/shares.rows.js';
/** From here, so that nobody gets the projection before all its tables have been added to it. */
export { directory } from './directory.js';

/** Its tables by name. */
export const tables = {
  campaigns,
  contacts,
  contracts,
  customers,
  employees,
  interactions,
  leads,
  opportunities,
  payments,
  pipelines,
  tasks,
  teams,
};

export type DirectoryTables = TablesOf<(typeof tables)[keyof typeof tables][]>;
