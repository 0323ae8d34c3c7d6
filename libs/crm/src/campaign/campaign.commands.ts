import { Command, Envelope, NewId } from '#platform/graphql/command.js';
import type { MoneyInput } from '#platform/graphql/fields.js';
import { Amount, DayField, Id, Text } from '#platform/graphql/fields.js';

@Command('Plan a marketing campaign (市场活动).', { allow: 'campaign.plan' })
export class PlanCampaign extends Envelope {
  @NewId('The campaign.') campaignId?: string;
  @Text('Its name (活动名称).') name: string;
  @Amount('What it is going to cost (预算).', { optional: true }) cost?: MoneyInput;
  @DayField('Its first day (开始日期).', { optional: true }) startsOn?: string;
  @DayField('Its last day (结束日期).', { optional: true }) endsOn?: string;
  @Text('Its id in the system it was imported from.', { optional: true }) externalId?: string;
}

@Command('Launch a campaign (活动启动).', { allow: 'campaign.launch' })
export class LaunchCampaign extends Envelope {
  @Id('The campaign.') campaignId: string;
}

@Command('Record what a campaign has cost altogether (活动费用); takes the place of the amount stated before.', {
  allow: 'campaign.recordCost',
})
export class RecordCampaignCost extends Envelope {
  @Id('The campaign.') campaignId: string;
  @Amount('The whole cost so far (费用).') cost: MoneyInput;
}

@Command('End a campaign (活动结束). Its cost can still be recorded.', { allow: 'campaign.end' })
export class EndCampaign extends Envelope {
  @Id('The campaign.') campaignId: string;
}
