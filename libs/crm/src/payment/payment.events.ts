import type { Day } from '#event-sourcing/event.js';
import type { Money } from '../money.js';

/** Stored for ever: never rename or retype; add an event, or add an upcaster. */
export type PaymentEvents = {
  PaymentReceived: {
    paymentId: string;
    customerId: string;
    contractId?: string;
    opportunityId?: string;
    ownerId?: string;
    campaignId?: string;
    amount: Money;
    paidOn: Day;
    externalId?: string;
  };
  /** The whole payment is taken back, as if it had never been received. */
  PaymentReversed: {
    paymentId: string;
    customerId: string;
    contractId?: string;
    opportunityId?: string;
    ownerId?: string;
    campaignId?: string;
    amount: Money;
    reason: string;
    paidOn: Day;
    reversedOn: Day;
  };
};
