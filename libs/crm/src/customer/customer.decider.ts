import { isDeepStrictEqual } from 'node:util';
import { type Decider, once } from '#event-sourcing/decider.js';
import type { CustomerFacts, EmployeeFacts, LeadFacts } from '../facts.js';
import { dayOf, mustBeEmployed } from '../rules.js';
import { type Contact, type Contacts, contactOf, nextContactId, presentContacts, withContact } from './contacts.js';
import * as commands from './customer.commands.js';
import type { CustomerEvents } from './customer.events.js';

type Profile = Omit<CustomerEvents['CustomerProfileChanged'], 'customerId'>;

interface Customer {
  readonly registered?: CustomerEvents['CustomerRegistered'];
  readonly profile: Profile;
  readonly creditGrade?: string;
  readonly paymentMethod?: string;
  readonly ownerId?: string;
  readonly contacts: Contacts;
}

type Related = { ownerId: EmployeeFacts; leadId: LeadFacts };

/** The value given for a field if it is another one than before; `null` empties a field. */
function changed<Value extends string | null | undefined>(given: Value, before: string | null | undefined) {
  return given === undefined || given === (before ?? null) ? undefined : given;
}

/** Whether the data says anything beyond whom it is about. */
function isEmpty({ customerId: _, ...fields }: { customerId: string }): boolean {
  return Object.values(fields).every(value => value === undefined);
}

/** Without the fields that are empty, as they come back from the store. */
const plain = (contact: Omit<Contact, 'contactId'>) => JSON.parse(JSON.stringify({ ...contact, contactId: undefined }));

/** The customer (客户), with its contacts (联系人). */
export const customer: Decider<Customer, CustomerEvents, typeof commands, Related> = {
  stream: 'customer',
  commands,
  initial: { profile: {}, contacts: new Map() },

  decide: {
    RegisterCustomer: (command, state, { id, occurredOn, related }) => {
      const { name, industry, region, scale, address, taxNumber, email, phone } = command;
      const { creditGrade, paymentMethod, leadId, externalId } = command;
      if (!state.registered) mustBeEmployed(related.ownerId, occurredOn, 'ownerId');
      const otherwise = state.registered ?? {
        ownerId: related.leadId?.ownerId,
        registeredOn: occurredOn,
        type: 'BUYER',
      };
      const type = command.type ?? otherwise.type;
      const ownerId = command.ownerId ?? otherwise.ownerId;
      const registeredOn = command.registeredOn
        ? dayOf(command.registeredOn, occurredOn, 'registeredOn')
        : otherwise.registeredOn;
      const data = {
        customerId: id,
        name,
        type,
        industry,
        region,
        scale,
        address,
        ownerId,
        taxNumber,
        email,
        phone,
        creditGrade,
        paymentMethod,
        registeredOn,
        leadId,
        externalId,
      };
      return once(state.registered, { type: 'CustomerRegistered', data });
    },
    ChangeCustomerProfile: (command, { profile }) => {
      const data = {
        customerId: command.customerId,
        name: changed(command.name, profile.name),
        type: changed(command.type, profile.type),
        industry: changed(command.industry, profile.industry),
        region: changed(command.region, profile.region),
        scale: changed(command.scale, profile.scale),
        address: changed(command.address, profile.address),
        taxNumber: changed(command.taxNumber, profile.taxNumber),
        email: changed(command.email, profile.email),
        phone: changed(command.phone, profile.phone),
      };
      return isEmpty(data) ? [] : [{ type: 'CustomerProfileChanged', data }];
    },
    SetCreditTerms: ({ customerId, creditGrade, paymentMethod }, state) => {
      const data = {
        customerId,
        creditGrade: changed(creditGrade, state.creditGrade),
        paymentMethod: changed(paymentMethod, state.paymentMethod),
      };
      return isEmpty(data) ? [] : [{ type: 'CreditTermsSet', data }];
    },
    HandOverCustomer: ({ customerId, ownerId }, state, { occurredOn, related }) => {
      if (state.ownerId === ownerId) return [];
      mustBeEmployed(related.ownerId, occurredOn, 'ownerId');
      return [{ type: 'CustomerHandedOver', data: { customerId, ownerId, previousOwnerId: state.ownerId } }];
    },
    AddContact: ({ customerId, contactId, name, position, email, phone }, { contacts }) => {
      const stated = { customerId, name, position, email, phone };
      // Without an id the same person with the same particulars is the same contact.
      const same = presentContacts(contacts).find(contact => isDeepStrictEqual(plain(contact), plain(stated)));
      if (!contactId && same) return [];
      const id = contactId ?? nextContactId(customerId, contacts);
      const before = presentContacts(contacts).find(contact => contact.contactId === id);
      return once(before, { type: 'ContactAdded', data: { ...stated, contactId: id } });
    },
    ChangeContact: ({ customerId, contactId, name, position, email, phone }, { contacts }) => {
      const before = contactOf(contacts, contactId);
      const data = {
        customerId,
        contactId,
        name: name ?? before.name,
        position: (position === undefined ? before.position : position) ?? undefined,
        email: (email === undefined ? before.email : email) ?? undefined,
        phone: (phone === undefined ? before.phone : phone) ?? undefined,
      };
      return isDeepStrictEqual(plain(data), plain(before)) ? [] : [{ type: 'ContactChanged', data }];
    },
    RemoveContact: ({ customerId, contactId }, { contacts }) => {
      if (contacts.get(contactId)?.removed) return [];
      contactOf(contacts, contactId);
      return [{ type: 'ContactRemoved', data: { customerId, contactId } }];
    },
  },

  evolve: {
    CustomerRegistered: (state, data) => {
      const { name, type, industry, region, scale, address, taxNumber, email, phone } = data;
      const { creditGrade, paymentMethod, ownerId } = data;
      const profile = { name, type, industry, region, scale, address, taxNumber, email, phone };
      return { ...state, registered: data, profile, creditGrade, paymentMethod, ownerId };
    },
    CustomerProfileChanged: (state, { customerId: _, ...changes }) => ({
      ...state,
      profile: { ...state.profile, ...changes },
    }),
    CreditTermsSet: (state, { creditGrade, paymentMethod }) => ({
      ...state,
      creditGrade: creditGrade ?? state.creditGrade,
      paymentMethod: paymentMethod ?? state.paymentMethod,
    }),
    CustomerHandedOver: (state, { ownerId }) => ({ ...state, ownerId }),
    ContactAdded: (state, data) => ({ ...state, contacts: withContact(state.contacts, data) }),
    ContactChanged: (state, data) => ({ ...state, contacts: withContact(state.contacts, data) }),
    ContactRemoved: (state, { contactId }) => ({
      ...state,
      contacts: withContact(state.contacts, contactOf(state.contacts, contactId), true),
    }),
  },

  unique: ({ profile }) => ({ taxNumber: profile.taxNumber ?? undefined }),
  belongsTo: ({ ownerId, registered }) => ({ ownerId, customerId: registered?.customerId }),
  facts: ({ ownerId }): CustomerFacts => ({ ownerId }),
};
