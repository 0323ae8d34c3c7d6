import type { Day } from '#event-sourcing/event.js';
import type { Money } from '../money.js';

/** Stored for ever: never rename or retype; add an event, or add an upcaster. */
export type CampaignEvents = {
  CampaignPlanned: {
    campaignId: string;
    name: string;
    cost?: Money;
    startsOn?: Day;
    endsOn?: Day;
    externalId?: string;
  };
  CampaignLaunched: { campaignId: string; launchedOn: Day };
  /** What it cost altogether; takes the place of the planned or last recorded cost. */
  CampaignCostRecorded: { campaignId: string; cost: Money };
  CampaignEnded: { campaignId: string; endedOn: Day };
};
