import { ObjectType, registerEnumType } from '@nestjs/graphql';
import type { Money } from '#platform/graphql/money.js';
import { DirectoryRecord, shown } from '../list/shown.js';

export const CampaignStatus = { PLANNED: 'PLANNED', RUNNING: 'RUNNING', ENDED: 'ENDED' } as const;
registerEnumType(CampaignStatus, {
  name: 'CampaignStatus',
  description: 'How far a campaign is (活动状态).',
  valuesMap: {
    PLANNED: { description: 'Planned (计划中).' },
    RUNNING: { description: 'Launched (进行中).' },
    ENDED: { description: 'Over (已结束).' },
  },
});

@ObjectType({ description: 'A marketing campaign (市场活动).' })
export class Campaign extends DirectoryRecord {
  @shown.id('Its id in the system it was imported from.') externalId: string | null;
  @shown.text('Name (名称).', { always: true }) name: string;
  @shown.enum(() => CampaignStatus, 'How far it is (状态).') status: keyof typeof CampaignStatus;
  @shown.money('What it costs (费用).') cost: Money | null;
  @shown.day('Planned first day (计划开始).') startsOn: string | null;
  @shown.day('Planned last day (计划结束).') endsOn: string | null;
  @shown.day('When it was launched (开始日期).') launchedOn: string | null;
  @shown.day('When it was ended (结束日期).') endedOn: string | null;
}
