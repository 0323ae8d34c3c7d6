import { Command, Envelope, NewId, Reference } from '#platform/graphql/command.js';
import type { MoneyInput } from '#platform/graphql/fields.js';
import { Amount, DayField, Flag, Id, Text } from '#platform/graphql/fields.js';

@Command('Open an opportunity (商机录入). It enters the first stage of its pipeline.', { allow: 'opportunity.open' })
export class OpenOpportunity extends Envelope {
  @NewId('The opportunity.') opportunityId?: string;
  @Reference('customer', 'The customer (客户).', { optional: true }) customerId?: string;
  @Reference('lead', 'The lead (线索) that it came from.', { optional: true }) leadId?: string;
  @Text('What it is about (商机名称).', { optional: true }) name?: string;
  @Reference('employee', 'Who pursues it (负责人); default the owner of the lead, then of the customer.', {
    optional: true,
  })
  ownerId?: string;
  @Text('Where it came from (来源), e.g. website, exhibition, referral.', { optional: true }) source?: string;
  @Reference('campaign', 'The campaign (市场活动) that brought it.', { optional: true }) campaignId?: string;
  @Amount('What it may bring (预计金额).', { optional: true }) amount?: MoneyInput;
  @DayField('When it may close (预计成交日期).', { optional: true }) expectedCloseOn?: string;
  @Reference('pipeline', 'Its pipeline (销售流程); default `default`.', { optional: true, default: 'default' })
  pipelineId?: string;
  @Text('The stage (阶段) it starts in, by code or name; default the first one.', { optional: true }) stage?: string;
  @Flag('Leave it outside the stages until it is advanced for the first time.', { optional: true }) unstaged?: boolean;
  @Text('Its id in the system it was imported from.', { optional: true }) externalId?: string;
}

@Command('Advance an opportunity to a later stage (推进阶段).', { allow: 'opportunity.advance' })
export class AdvanceStage extends Envelope {
  @Id('The opportunity.') opportunityId: string;
  @Text('The stage (阶段), by code or name.') stage: string;
}

@Command('Step an opportunity back to an earlier stage (退回阶段).', { allow: 'opportunity.stepBack' })
export class StepBack extends Envelope {
  @Id('The opportunity.') opportunityId: string;
  @Text('The stage (阶段), by code or name.') stage: string;
}

@Command('Win an opportunity (赢单).', { allow: 'opportunity.win' })
export class WinOpportunity extends Envelope {
  @Id('The opportunity.') opportunityId: string;
  @Amount('What it brings (成交金额); default what was expected last.', { optional: true }) amount?: MoneyInput;
  @Reference('contract', 'The contract (合同) that won it.', { optional: true }) contractId?: string;
}

@Command('Lose an opportunity (丢单). A reason is required.', { allow: 'opportunity.lose' })
export class LoseOpportunity extends Envelope {
  @Id('The opportunity.') opportunityId: string;
  @Text('Why (丢单原因).', { max: 1000 }) declare reason: string;
}

@Command('Reopen an opportunity that was won or lost (重新打开商机).', { allow: 'opportunity.reopen' })
export class ReopenOpportunity extends Envelope {
  @Id('The opportunity.') opportunityId: string;
  @Text('The stage (阶段) it goes on in, by code or name; default the one in which it ended.', { optional: true })
  stage?: string;
}

@Command('Estimate anew what an opportunity may bring, and when (调整预计). What is left out stays.', {
  allow: 'opportunity.reestimate',
})
export class ReestimateOpportunity extends Envelope {
  @Id('The opportunity.') opportunityId: string;
  @Amount('What it may bring (预计金额).', { optional: true }) amount?: MoneyInput;
  @DayField('When it may close (预计成交日期).', { optional: true }) expectedCloseOn?: string;
}

@Command('Hand an opportunity over to another salesperson (商机交接).', { allow: 'opportunity.handOver' })
export class HandOverOpportunity extends Envelope {
  @Id('The opportunity.') opportunityId: string;
  @Reference('employee', 'Who pursues it from now on (负责人).') ownerId: string;
}

@Command(
  'Say which stage an opportunity entered, whatever the direction (补录阶段), for imports and late entries: it advances, ' +
    'steps back, is reopened, won or lost.',
  { allow: 'opportunity.recordStageEntry' },
)
export class RecordStageEntry extends Envelope {
  @Id('The opportunity.') opportunityId: string;
  @Text('The open stage (阶段), by code or name, or `won` or `lost`. `lost` needs a reason.') stage: string;
  @Amount('What it may bring from then on, or brings if won (金额).', { optional: true }) amount?: MoneyInput;
}
