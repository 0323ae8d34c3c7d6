import type { Day } from '#event-sourcing/event.js';
import type { Money } from '../money.js';

/** Stored for ever: never rename or retype; add an event, or add an upcaster. */
export type OpportunityEvents = {
  /** In no stage yet; `stages` are the open stages of the pipeline's version, in order. */
  OpportunityOpened: {
    opportunityId: string;
    customerId?: string;
    leadId?: string;
    name?: string;
    ownerId?: string;
    source?: string;
    campaignId?: string;
    amount?: Money;
    expectedCloseOn?: Day;
    pipelineId: string;
    pipelineVersion: number;
    stages: readonly string[];
    /** What people call them, in the same order. */
    stageNames?: readonly string[];
    openedOn: Day;
    externalId?: string;
  };
  /** Into a later stage, or (without `from`) into the first one that it enters. */
  StageAdvanced: { opportunityId: string; customerId?: string; ownerId?: string; from?: string; to: string };
  StageSteppedBack: { opportunityId: string; customerId?: string; ownerId?: string; from: string; to: string };
  /** What it is now expected to bring, and when; what is left out stays as it was. */
  OpportunityReestimated: {
    opportunityId: string;
    customerId?: string;
    ownerId?: string;
    amount?: Money;
    expectedCloseOn?: Day;
  };
  OpportunityWon: {
    opportunityId: string;
    customerId?: string;
    ownerId?: string;
    from?: string;
    amount?: Money;
    contractId?: string;
    wonOn: Day;
  };
  OpportunityLost: {
    opportunityId: string;
    customerId?: string;
    ownerId?: string;
    from?: string;
    reason: string;
    lostOn: Day;
  };
  OpportunityReopened: {
    opportunityId: string;
    customerId?: string;
    ownerId?: string;
    from: 'won' | 'lost';
    to: string;
  };
  OpportunityHandedOver: { opportunityId: string; customerId?: string; ownerId: string; previousOwnerId?: string };
};
