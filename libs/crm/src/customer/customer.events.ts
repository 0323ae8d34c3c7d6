import type { Day } from '#event-sourcing/event.js';

/** Stored for ever: never rename or retype; add an event, or add an upcaster. */
export type CustomerEvents = {
  CustomerRegistered: {
    customerId: string;
    name: string;
    type: string;
    industry?: string;
    region?: string;
    scale?: string;
    address?: string;
    ownerId?: string;
    taxNumber?: string;
    email?: string;
    phone?: string;
    creditGrade?: string;
    paymentMethod?: string;
    registeredOn: Day;
    leadId?: string;
    externalId?: string;
  };
  /** The fields that changed; `null` empties one. */
  CustomerProfileChanged: {
    customerId: string;
    name?: string;
    type?: string;
    industry?: string | null;
    region?: string | null;
    scale?: string | null;
    address?: string | null;
    taxNumber?: string | null;
    email?: string | null;
    phone?: string | null;
  };
  /** What is left out stays as it was. */
  CreditTermsSet: { customerId: string; creditGrade?: string; paymentMethod?: string };
  CustomerHandedOver: { customerId: string; ownerId: string; previousOwnerId?: string };
  ContactAdded: {
    customerId: string;
    contactId: string;
    name: string;
    position?: string;
    email?: string;
    phone?: string;
  };
  /** The contact as it is from now on. */
  ContactChanged: {
    customerId: string;
    contactId: string;
    name: string;
    position?: string;
    email?: string;
    phone?: string;
  };
  ContactRemoved: { customerId: string; contactId: string };
};
