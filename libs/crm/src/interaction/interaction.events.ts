import type { Day } from '#event-sourcing/event.js';

/** Stored for ever: never rename or retype; add an event, or add an upcaster. */
export type InteractionEvents = {
  InteractionLogged: {
    interactionId: string;
    customerId: string;
    employeeId: string;
    contactId?: string;
    opportunityId?: string;
    /** VISIT, CALL, EMAIL, MEETING, MESSAGE or OTHER. */
    kind: string;
    content?: string;
    result?: string;
    happenedOn: Day;
    externalId?: string;
  };
  /** Logged by mistake. */
  InteractionRetracted: {
    interactionId: string;
    customerId: string;
    employeeId: string;
    kind: string;
    happenedOn: Day;
    reason: string;
  };
};
