import type { Privacy } from '#event-sourcing/privacy.js';
import type { PersonalEvents } from './personal.events.js';

const about = ['contactId', 'customerId', 'leadId', 'employeeId', 'accountId'] as const;

/** They name nobody but by ids; the reason of a request goes with the person. */
export const personalPrivacy: Privacy<PersonalEvents> = {
  ErasureRequested: { about, personal: [] },
  PersonErased: { about, personal: [] },
};
