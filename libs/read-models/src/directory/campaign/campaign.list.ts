import { amounts, days, ids, oneOf, search } from '../list/filters.js';
import { list } from '../list/list.js';
import { moneyOf } from '../list/shown.js';
import { campaigns as table } from './campaign.rows.js';
import { Campaign, CampaignStatus } from './campaign.type.js';

export const campaigns = list({
  name: 'campaigns',
  resource: 'campaign',
  one: 'campaign',
  description: 'Marketing campaigns (市场活动), newest first unless sorted otherwise.',
  table,
  node: Campaign,
  show: ({ amountMinor, currency }) => ({ cost: moneyOf(amountMinor, currency) }),
  guarded: { cost: ['amountMinor', 'currency'] },
  filters: {
    ids: ids('campaignId', 'Their ids.'),
    externalIds: ids('externalId', 'Their ids in the system they were imported from.'),
    status: oneOf('status', CampaignStatus, 'How far they are (状态).'),
    cost: amounts('amountMinor', 'What they cost (费用).'),
    startsOn: days('startsOn', 'Planned first day (计划开始).'),
    endsOn: days('endsOn', 'Planned last day (计划结束).'),
    search: search(['name', 'externalId']),
  },
  sorts: {
    NAME: ['name', 'Name (名称).'],
    STARTS_ON: ['startsOn', 'Planned first day (计划开始).'],
  },
  references: {},
});
