import type { Money } from '../money.js';

/** Stored for ever: never rename or retype; add an event, or add an upcaster. */
export type LeadEvents = {
  LeadCaptured: {
    leadId: string;
    name: string;
    company?: string;
    email?: string;
    phone?: string;
    source?: string;
    campaignId?: string;
    ownerId?: string;
    region?: string;
    externalId?: string;
  };
  LeadAssigned: { leadId: string; ownerId: string; previousOwnerId?: string };
  LeadQualified: { leadId: string; ownerId?: string; score?: number };
  LeadDisqualified: { leadId: string; ownerId?: string; reason: string };
  /** Everything that the customer and the opportunity start with; the policy registers and opens them. */
  LeadConverted: {
    leadId: string;
    customerId: string;
    opportunityId: string;
    /** What the customer is registered as, unless an existing one was named. */
    customerName?: string;
    opportunityName?: string;
    ownerId?: string;
    source?: string;
    campaignId?: string;
    region?: string;
    email?: string;
    phone?: string;
    pipelineId?: string;
    amount?: Money;
  };
};
