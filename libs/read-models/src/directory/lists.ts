import { businessDay } from '#event-sourcing/business-time.js';
import type { Day, Position } from '#event-sourcing/event.js';
import type { Viewer } from '#platform/access/viewer.js';
import type { View } from '../access/view.js';
import type { Reading } from '../shared/reading.js';
import { campaigns } from './campaign/campaign.list.js';
import { contracts } from './contract/contract.list.js';
import { contacts } from './customer/contact.list.js';
import { customers } from './customer/customer.list.js';
import { directory } from './directory.projection.js';
import { employees } from './employee/employee.list.js';
import { interactions } from './interaction/interaction.list.js';
import { leads } from './lead/lead.list.js';
import { type AnyTables, type Lists, rowsByIds } from './list/list.query.js';
import { Lookup } from './list/lookup.js';
import { opportunities } from './opportunity/opportunity.list.js';
import { payments } from './payment/payment.list.js';
import { pipelines } from './pipeline/pipeline.list.js';
import { tasks } from './task/task.list.js';
import { teams } from './team/team.list.js';

/** Every list of the directory: its query, its filter and sort, and what hangs on its entries follow from these. */
export const lists: Lists = {
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

/** The directory as it is now and as far as a viewer sees it, for one query. @throws Refusal NOT_YET_VISIBLE */
export async function lookupNow(reading: Reading, viewer: Viewer, atLeast?: Position | null) {
  const view = await reading.at<AnyTables>(viewer, [directory], atLeast);
  const today = businessDay(reading.clock(), reading.timeZone);
  return { view, lookup: lookupIn(view, today) };
}

/** Finds records among those that a view shows. */
export const lookupIn = (view: View<AnyTables>, today: Day): Lookup =>
  new Lookup(lists, (table, ids) => rowsByIds(view, lists[table], ids), today, view.viewer);
