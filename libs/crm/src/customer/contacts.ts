import { refuse } from '#event-sourcing/refusal.js';
import type { CustomerEvents } from './customer.events.js';

export type Contact = CustomerEvents['ContactAdded'];

/** All contacts that a customer ever had, by id; those that were removed are `removed`. */
export type Contacts = ReadonlyMap<string, { readonly contact: Contact; readonly removed: boolean }>;

/** The contacts that the customer has now. */
export function presentContacts(contacts: Contacts): readonly Contact[] {
  return [...contacts.values()].filter(({ removed }) => !removed).map(({ contact }) => contact);
}

/** @throws Refusal UNKNOWN_CONTACT, CONTACT_REMOVED */
export function contactOf(contacts: Contacts, contactId: string): Contact {
  const known = contacts.get(contactId);
  if (known && !known.removed) return known.contact;
  const details = { field: 'contactId', allowed: presentContacts(contacts).map(contact => contact.contactId) };
  if (known)
    throw refuse('CONTACT_REMOVED', `${known.contact.name} was removed from the customer's contacts.`, details);
  throw refuse('UNKNOWN_CONTACT', `The customer has no contact ${contactId}.`, details);
}

/** An id for the next contact: made from the customer's, so that deciding again yields the same one. */
export function nextContactId(customerId: string, contacts: Contacts): string {
  for (let number = contacts.size + 1; ; number++) {
    const contactId = `${customerId}-contact-${number}`;
    if (!contacts.has(contactId)) return contactId;
  }
}

/** The contacts with one of them added, changed or removed. */
export function withContact(contacts: Contacts, contact: Contact, removed = false): Contacts {
  return new Map([...contacts, [contact.contactId, { contact, removed }]]);
}
