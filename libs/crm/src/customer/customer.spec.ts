import { describe, expect, it } from '@jest/globals';
import { given } from '#event-sourcing/given.js';
import { customer } from './customer.decider.js';

const registered = {
  type: 'CustomerRegistered',
  data: {
    customerId: 'c1',
    name: '华东机电',
    type: 'BUYER',
    industry: '机械',
    region: '华东',
    ownerId: 'li',
    taxNumber: '91330000',
    email: 'buy@example.com',
    creditGrade: 'A',
    registeredOn: '2026-03-02',
  },
} as const;
const { type: _type, registeredOn: _day, ...stated } = registered.data;
const contact = { customerId: 'c1', contactId: 'c1-contact-1', name: '王芳', position: '采购经理', phone: '139' };
const added = { type: 'ContactAdded', data: contact } as const;
const removed = { type: 'ContactRemoved', data: { customerId: 'c1', contactId: 'c1-contact-1' } } as const;
const left = { ownerId: { name: '赵云', dismissedOn: '2026-01-01' } };

describe('a customer', () => {
  it('is registered as a buyer on the day it happened, unless something else is said', () => {
    given(customer).when('RegisterCustomer', stated, { id: 'c1' }).then(registered);
    const bank = { customerId: 'c1', name: '工商银行', type: 'BANK', registeredOn: '2020-05-01' } as const;
    given(customer).when('RegisterCustomer', bank, { id: 'c1' }).then({ type: 'CustomerRegistered', data: bank });
  });

  it('is registered once, however often and whenever the same facts are stated', () => {
    given(customer, registered).when('RegisterCustomer', stated, { id: 'c1', occurredOn: '2026-03-09' }).then();
    given(customer, registered)
      .when('RegisterCustomer', { ...stated, name: '华北机电' }, { id: 'c1' })
      .thenRefused('ALREADY_EXISTS');
  });

  it('is not registered before it happens', () => {
    given(customer)
      .when('RegisterCustomer', { ...stated, registeredOn: '2026-03-03' })
      .thenRefused('IN_THE_FUTURE');
  });

  it('inherits the owner of the lead that it was, whoever that is', () => {
    given(customer)
      .when(
        'RegisterCustomer',
        { name: '华东机电', leadId: 'l1' },
        { id: 'c1', related: { leadId: { ownerId: 'li' } } },
      )
      .then({
        type: 'CustomerRegistered',
        data: {
          customerId: 'c1',
          name: '华东机电',
          type: 'BUYER',
          ownerId: 'li',
          registeredOn: '2026-03-02',
          leadId: 'l1',
        },
      });
  });

  it('is not given to somebody who has left', () => {
    given(customer).when('RegisterCustomer', stated, { related: left }).thenRefused('EMPLOYEE_DISMISSED');
    given(customer, registered)
      .when('HandOverCustomer', { customerId: 'c1', ownerId: 'zhao' }, { related: left })
      .thenRefused('EMPLOYEE_DISMISSED');
    given(customer, registered).when('RegisterCustomer', stated, { id: 'c1', related: left }).then();
  });

  it('changes in what is said, and only in that', () => {
    given(customer, registered)
      .when('ChangeCustomerProfile', {
        customerId: 'c1',
        name: '华东机电',
        region: '华北',
        industry: null,
        scale: null,
      })
      .then({ type: 'CustomerProfileChanged', data: { customerId: 'c1', region: '华北', industry: null } });
  });

  it('does not change when everything is as said', () => {
    const emptied = { type: 'CustomerProfileChanged', data: { customerId: 'c1', email: null } } as const;
    given(customer, registered, emptied)
      .when('ChangeCustomerProfile', { customerId: 'c1', email: null, type: 'BUYER', taxNumber: '91330000' })
      .then();
  });

  it('gets credit terms, one by one or together', () => {
    given(customer, registered)
      .when('SetCreditTerms', { customerId: 'c1', creditGrade: 'A', paymentMethod: '月结30天' })
      .then({ type: 'CreditTermsSet', data: { customerId: 'c1', paymentMethod: '月结30天' } });
    given(customer, registered).when('SetCreditTerms', { customerId: 'c1', creditGrade: 'A' }).then();
  });

  it('keeps the credit terms that are not mentioned', () => {
    const monthly = { type: 'CreditTermsSet', data: { customerId: 'c1', paymentMethod: '月结30天' } } as const;
    given(customer, registered, monthly)
      .when('SetCreditTerms', { customerId: 'c1', creditGrade: 'A', paymentMethod: '月结30天' })
      .then();
  });

  it('is handed over, and stays with who has it', () => {
    given(customer, registered)
      .when('HandOverCustomer', { customerId: 'c1', ownerId: 'zhao' })
      .then({ type: 'CustomerHandedOver', data: { customerId: 'c1', ownerId: 'zhao', previousOwnerId: 'li' } });
    given(customer, registered).when('HandOverCustomer', { customerId: 'c1', ownerId: 'li' }).then();
  });

  it('holds a tax number of its own until it has another or none', () => {
    const state = { profile: { taxNumber: '91330000' }, contacts: new Map() };
    expect(customer.unique?.(state)).toEqual({ taxNumber: '91330000' });
    expect(customer.unique?.({ ...state, profile: { taxNumber: null } })).toEqual({ taxNumber: undefined });
  });
});

describe('a contact of a customer', () => {
  const { contactId: _id, ...person } = contact;

  it('is added under a number of its own', () => {
    given(customer, registered).when('AddContact', person).then(added);
    given(customer, registered, added)
      .when('AddContact', { customerId: 'c1', name: '李四' })
      .then({ type: 'ContactAdded', data: { customerId: 'c1', contactId: 'c1-contact-2', name: '李四' } });
  });

  it('is added under the id that is given', () => {
    given(customer, registered)
      .when('AddContact', { ...person, contactId: 'wang' })
      .then({ type: 'ContactAdded', data: { ...person, contactId: 'wang' } });
  });

  it('never gets a number that was given away already', () => {
    const chosen = {
      type: 'ContactAdded',
      data: { customerId: 'c1', contactId: 'c1-contact-2', name: '李四' },
    } as const;
    given(customer, registered, chosen)
      .when('AddContact', person)
      .then({ type: 'ContactAdded', data: { ...person, contactId: 'c1-contact-3' } });
    given(customer, registered, added, removed)
      .when('AddContact', person)
      .then({ type: 'ContactAdded', data: { ...person, contactId: 'c1-contact-2' } });
  });

  it('is added once', () => {
    given(customer, registered, added).when('AddContact', person).then();
    given(customer, registered, added).when('AddContact', contact).then();
    given(customer, registered, added)
      .when('AddContact', { ...contact, name: '李四' })
      .thenRefused('ALREADY_EXISTS');
  });

  it('may be named after a word of the programming language', () => {
    given(customer, registered)
      .when('AddContact', { customerId: 'c1', contactId: 'constructor', name: '王芳' })
      .then({ type: 'ContactAdded', data: { customerId: 'c1', contactId: 'constructor', name: '王芳' } });
  });

  it('changes in what is said and stands in the history as a whole', () => {
    given(customer, registered, added)
      .when('ChangeContact', { customerId: 'c1', contactId: 'c1-contact-1', position: '总经理', phone: null })
      .then({
        type: 'ContactChanged',
        data: { customerId: 'c1', contactId: 'c1-contact-1', name: '王芳', position: '总经理' },
      });
    given(customer, registered, added)
      .when('ChangeContact', { ...contact, email: null })
      .then();
  });

  it('is removed once', () => {
    given(customer, registered, added).when('RemoveContact', removed.data).then(removed);
    given(customer, registered, added, removed).when('RemoveContact', removed.data).then();
  });

  it('that was removed or never existed is not changed', () => {
    const change = { customerId: 'c1', contactId: 'c1-contact-1', name: '王方' };
    given(customer, registered, added, removed).when('ChangeContact', change).thenRefused('CONTACT_REMOVED');
    given(customer, registered).when('ChangeContact', change).thenRefused('UNKNOWN_CONTACT');
    given(customer, registered).when('RemoveContact', removed.data).thenRefused('UNKNOWN_CONTACT');
  });
});
