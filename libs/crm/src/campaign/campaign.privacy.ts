import type { Privacy } from '#event-sourcing/privacy.js';
import type { CampaignEvents } from './campaign.events.js';

export const campaignPrivacy: Privacy<CampaignEvents> = {
  CampaignPlanned: { about: 'nobody', notPersonal: { name: 'what a campaign is called' } },
  CampaignLaunched: { about: 'nobody' },
  CampaignCostRecorded: { about: 'nobody' },
  CampaignEnded: { about: 'nobody' },
};
