import type { Privacy } from '#event-sourcing/privacy.js';
import type { OpportunityEvents } from './opportunity.events.js';

const about = ['customerId', 'leadId', 'opportunityId'] as const;
const aboutOwn = ['customerId', 'opportunityId'] as const;

export const opportunityPrivacy: Privacy<OpportunityEvents> = {
  OpportunityOpened: {
    about,
    personal: ['name'],
    notPersonal: { stageNames: 'what the stages of the pipeline are called' },
  },
  StageAdvanced: { about: aboutOwn, personal: [] },
  StageSteppedBack: { about: aboutOwn, personal: [] },
  OpportunityReestimated: { about: aboutOwn, personal: [] },
  OpportunityWon: { about: aboutOwn, personal: [] },
  OpportunityLost: {
    about: aboutOwn,
    personal: [],
    notPersonal: { reason: 'a cause of loss that reports count, not a note' },
  },
  OpportunityReopened: { about: aboutOwn, personal: [] },
  OpportunityHandedOver: { about: aboutOwn, personal: [] },
};
