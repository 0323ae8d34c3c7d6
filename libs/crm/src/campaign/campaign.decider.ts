import { type Decider, once } from '#event-sourcing/decider.js';
import { refuse } from '#event-sourcing/refusal.js';
import { type Money, sameMoney } from '../money.js';
import * as commands from './campaign.commands.js';
import type { CampaignEvents } from './campaign.events.js';

interface Campaign {
  readonly planned?: CampaignEvents['CampaignPlanned'];
  readonly cost?: Money;
  readonly status: 'planned' | 'running' | 'ended';
}

/** The marketing campaign (市场活动). */
export const campaign: Decider<Campaign, CampaignEvents, typeof commands> = {
  stream: 'campaign',
  commands,
  initial: { status: 'planned' },

  decide: {
    PlanCampaign: ({ name, cost, startsOn, endsOn, externalId }, state, { id }) => {
      if (startsOn && endsOn && endsOn < startsOn)
        throw refuse('ENDS_BEFORE_START', `The campaign cannot end on ${endsOn}, before it starts on ${startsOn}.`, {
          field: 'endsOn',
          allowed: `from ${startsOn} on`,
        });
      const data = { campaignId: id, name, cost, startsOn, endsOn, externalId };
      return once(state.planned, { type: 'CampaignPlanned', data });
    },
    LaunchCampaign: ({ campaignId }, state, { occurredOn }) => {
      if (state.status === 'running') return [];
      if (state.status === 'ended')
        throw refuse('CAMPAIGN_ENDED', 'The campaign is over and cannot be launched again.');
      return [{ type: 'CampaignLaunched', data: { campaignId, launchedOn: occurredOn } }];
    },
    RecordCampaignCost: ({ campaignId, cost }, state) => {
      if (sameMoney(cost, state.cost)) return [];
      return [{ type: 'CampaignCostRecorded', data: { campaignId, cost } }];
    },
    EndCampaign: ({ campaignId }, state, { occurredOn }) => {
      if (state.status === 'ended') return [];
      return [{ type: 'CampaignEnded', data: { campaignId, endedOn: occurredOn } }];
    },
  },

  evolve: {
    CampaignPlanned: (state, data) => ({ ...state, planned: data, cost: data.cost }),
    CampaignLaunched: state => ({ ...state, status: 'running' }),
    CampaignCostRecorded: (state, { cost }) => ({ ...state, cost }),
    CampaignEnded: state => ({ ...state, status: 'ended' }),
  },
};
