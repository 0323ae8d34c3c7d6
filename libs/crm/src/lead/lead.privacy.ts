import type { Privacy } from '#event-sourcing/privacy.js';
import type { LeadEvents } from './lead.events.js';

export const leadPrivacy: Privacy<LeadEvents> = {
  LeadCaptured: { about: ['leadId'], personal: ['name', 'company', 'email', 'phone'] },
  LeadAssigned: { about: ['leadId'], personal: [] },
  LeadQualified: { about: ['leadId'], personal: [] },
  LeadDisqualified: {
    about: ['leadId'],
    personal: [],
    notPersonal: { reason: 'a cause of loss that reports count, not a note' },
  },
  LeadConverted: {
    about: ['leadId'],
    personal: ['customerName', 'opportunityName', 'email', 'phone'],
  },
};
