import type { Day } from '#event-sourcing/event.js';

/** Stored for ever: never rename or retype; add an event, or add an upcaster. */
export type PersonalEvents = {
  /** Somebody is to be forgotten. A customer with all contacts and leads, or a single one of the others. */
  ErasureRequested: {
    erasureId: string;
    customerId?: string;
    contactId?: string;
    leadId?: string;
    employeeId?: string;
    accountId?: string;
    requestedOn: Day;
  };
  /** Their keys are destroyed, and nothing that is derived from the log holds their data any more. */
  PersonErased: {
    erasureId: string;
    customerId?: string;
    contactId?: string;
    leadId?: string;
    employeeId?: string;
    accountId?: string;
    /** Whose keys were destroyed. */
    persons: readonly string[];
  };
};
