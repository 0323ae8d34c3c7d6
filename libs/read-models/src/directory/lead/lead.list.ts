import { counts, days, ids, oneOf, present, search, texts } from '../list/filters.js';
import { list } from '../list/list.js';
import { campaign, customer, employee, opportunity } from '../references.js';
import { leadCounts, leads as table } from './lead.rows.js';
import { Lead, LeadStatus } from './lead.type.js';

export const leads = list({
  name: 'leads',
  resource: 'lead',
  one: 'lead',
  description: 'Leads (线索), newest first unless sorted otherwise.',
  table,
  counts: leadCounts,
  node: Lead,
  filters: {
    ids: ids('leadId', 'Their ids.'),
    externalIds: ids('externalId', 'Their ids in the system they were imported from.'),
    status: oneOf('status', LeadStatus, 'What became of them (状态).'),
    ownerId: ids('ownerId', 'Whose they are (负责人).'),
    owned: present('ownerId', 'Whether anybody takes care of them (是否已分配).'),
    campaignId: ids('campaignId', 'The campaigns that brought them (市场活动).'),
    customerId: ids('customerId', 'The customers that they became.'),
    source: texts('source', 'Where they came from (来源).'),
    region: texts('region', 'Regions (区域).'),
    capturedOn: days('capturedOn', 'When they were captured (录入日期).'),
    closedOn: days('closedOn', 'When they were converted or given up.'),
    score: counts('score', 'How promising they are (意向度).'),
    search: search(['name', 'company', 'externalId', 'email', 'phone']),
  },
  sorts: {
    NAME: ['name', 'Name (名称).'],
    CAPTURED_ON: ['capturedOn', 'The day on which it was captured (录入日期).'],
    SCORE: ['score', 'How promising it is (意向度).'],
  },
  references: {
    owner: employee('ownerId', 'Who takes care of it (负责人).'),
    campaign: campaign('campaignId', 'What brought it (市场活动).'),
    customer: customer('customerId', 'The customer that it became (客户).'),
    opportunity: opportunity('opportunityId', 'The opportunity that it became (商机).'),
  },
});
