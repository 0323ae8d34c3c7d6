import { describe, it } from '@jest/globals';
import { given } from '#event-sourcing/given.js';
import { campaign } from './campaign.decider.js';

const planned = {
  type: 'CampaignPlanned',
  data: {
    campaignId: 'fair',
    name: '春季展会',
    cost: { minor: 5_000_000, currency: 'CNY' },
    startsOn: '2026-03-01',
    endsOn: '2026-03-05',
  },
} as const;
const launched = { type: 'CampaignLaunched', data: { campaignId: 'fair', launchedOn: '2026-03-02' } } as const;
const ended = { type: 'CampaignEnded', data: { campaignId: 'fair', endedOn: '2026-03-02' } } as const;

describe('a campaign', () => {
  it('is planned with what it will cost, once', () => {
    given(campaign).when('PlanCampaign', planned.data, { id: 'fair' }).then(planned);
    given(campaign, planned).when('PlanCampaign', planned.data, { id: 'fair' }).then();
    given(campaign, planned)
      .when('PlanCampaign', { ...planned.data, name: '秋季展会' }, { id: 'fair' })
      .thenRefused('ALREADY_EXISTS');
  });

  it('may last one day, but does not end before it starts', () => {
    const oneDay = { campaignId: 'fair', name: '发布会', startsOn: '2026-03-01', endsOn: '2026-03-01' };
    given(campaign).when('PlanCampaign', oneDay, { id: 'fair' }).then({ type: 'CampaignPlanned', data: oneDay });
    given(campaign)
      .when('PlanCampaign', { ...oneDay, endsOn: '2026-02-28' })
      .thenRefused('ENDS_BEFORE_START');
  });

  it('is launched on the day it happened, once', () => {
    given(campaign, planned).when('LaunchCampaign', { campaignId: 'fair' }).then(launched);
    given(campaign, planned, launched).when('LaunchCampaign', { campaignId: 'fair' }).then();
  });

  it('ends once and cannot be launched again', () => {
    given(campaign, planned, launched).when('EndCampaign', { campaignId: 'fair' }).then(ended);
    given(campaign, planned, ended).when('EndCampaign', { campaignId: 'fair' }).then();
    given(campaign, planned, ended).when('LaunchCampaign', { campaignId: 'fair' }).thenRefused('CAMPAIGN_ENDED');
  });

  it('has the cost that was stated last, also after its end', () => {
    const bill = { campaignId: 'fair', cost: { minor: 6_200_000, currency: 'CNY' } };
    const billed = { type: 'CampaignCostRecorded', data: bill } as const;
    given(campaign, planned, ended).when('RecordCampaignCost', bill).then(billed);
    given(campaign, planned, billed).when('RecordCampaignCost', bill).then();
    given(campaign, planned).when('RecordCampaignCost', { campaignId: 'fair', cost: planned.data.cost }).then();
  });
});
