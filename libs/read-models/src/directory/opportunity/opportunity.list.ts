import { sql } from 'kysely';
import type { RowOf } from '#event-sourcing/projection.js';
import { sharedOpportunityCounts as sharedCounts } from '../customer/shares.rows.js';
import { amounts, days, flag, ids, oneOf, present, search, texts } from '../list/filters.js';
import { list } from '../list/list.js';
import { moneyOf } from '../list/shown.js';
import { campaign, contract, customer, employee, lead, pipeline } from '../references.js';
import { opportunityCounts as counts, opportunities as table } from './opportunity.rows.js';
import { Opportunity, OpportunityStatus, type StageName } from './opportunity.type.js';

type Row = RowOf<typeof table>;

const ENDS: Readonly<Record<string, string>> = { won: '赢单', lost: '丢单' };

/** A stage with its name in the pipeline's version of this opportunity. */
function stageOf({ stages, stageNames }: Row, code: string): StageName {
  return { code, name: ENDS[code] ?? stageNames?.[stages.indexOf(code)] ?? code };
}

export const opportunities = list({
  name: 'opportunities',
  resource: 'opportunity',
  one: 'opportunity',
  description: 'Opportunities (商机), newest first unless sorted otherwise.',
  table,
  counts,
  sharedCounts,
  node: Opportunity,
  show: row => ({
    amount: moneyOf(row.amountMinor, row.currency),
    stage: row.stage && stageOf(row, row.stage),
    entries: row.entries.map(entry => ({ ...entry, stage: stageOf(row, entry.stage), sourceEventId: entry.eventId })),
  }),
  guarded: { amount: ['amountMinor', 'currency'], lossReason: ['lossReason'] },
  filters: {
    ids: ids('opportunityId', 'Their ids.'),
    externalIds: ids('externalId', 'Their ids in the system they were imported from.'),
    status: oneOf('status', OpportunityStatus, 'How they stand (状态).'),
    stage: texts('stage', 'Codes of the open stages that they are in, or were in when they ended (阶段).'),
    pipelineId: ids('pipelineId', 'Pipelines (销售流程).'),
    ownerId: ids('ownerId', 'Whose they are (负责人).'),
    owned: present('ownerId', 'Whether anybody takes care of them (是否已分配).'),
    customerId: ids('customerId', 'Customers (客户).'),
    leadId: ids('leadId', 'The leads that they were.'),
    campaignId: ids('campaignId', 'The campaigns that brought them (市场活动).'),
    source: texts('source', 'Where they came from (来源).'),
    lossReason: texts('lossReason', 'Why they were lost (丢单原因).'),
    amount: amounts('amountMinor', 'What they may bring (金额).'),
    openedOn: days('openedOn', 'When they were opened (创建日期).'),
    expectedCloseOn: days('expectedCloseOn', 'When they are expected to close (预计成交日期).'),
    closedOn: days('closedOn', 'When they were won or lost (结束日期).'),
    overdue: flag(
      ['status', 'expectedCloseOn'],
      'Whether they are open although they were expected to be closed by now (逾期).',
      today => sql`status = 'OPEN' and expected_close_on < ${today}::date`,
    ),
    search: search(['name', 'externalId']),
  },
  sorts: {
    NAME: ['name', 'What it is about (名称).'],
    AMOUNT: ['amountMinor', 'The amount in its smallest unit (金额); filter by currency for a meaningful order.'],
    OPENED_ON: ['openedOn', 'When it was opened (创建日期).'],
    EXPECTED_CLOSE_ON: ['expectedCloseOn', 'When it is expected to close (预计成交日期).'],
    CLOSED_ON: ['closedOn', 'When it was won or lost (结束日期).'],
  },
  references: {
    owner: employee('ownerId', 'Who takes care of it (负责人).'),
    customer: customer('customerId', 'Whose it is (客户).'),
    lead: lead('leadId', 'The lead that it was (线索).'),
    campaign: campaign('campaignId', 'What brought it (市场活动).'),
    pipeline: pipeline('pipelineId', 'Its pipeline (销售流程), in the newest version.'),
    contract: contract('contractId', 'The contract that won it (合同).'),
  },
});
