import type { Privacy } from '#event-sourcing/privacy.js';
import type { CustomerEvents } from './customer.events.js';

export const customerPrivacy: Privacy<CustomerEvents> = {
  CustomerRegistered: { about: ['customerId'], personal: ['name', 'address', 'taxNumber', 'email', 'phone'] },
  CustomerProfileChanged: { about: ['customerId'], personal: ['name', 'address', 'taxNumber', 'email', 'phone'] },
  CreditTermsSet: { about: ['customerId'], personal: [] },
  CustomerHandedOver: { about: ['customerId'], personal: [] },
  ContactAdded: { about: ['contactId'], personal: ['name', 'position', 'email', 'phone'] },
  ContactChanged: { about: ['contactId'], personal: ['name', 'position', 'email', 'phone'] },
  ContactRemoved: { about: ['contactId'], personal: [] },
};
