import { describe, it } from '@jest/globals';
import { given } from '#event-sourcing/given.js';
import { payment } from './payment.decider.js';

const received = {
  type: 'PaymentReceived',
  data: {
    paymentId: 'p1',
    customerId: 'c1',
    contractId: 'k1',
    opportunityId: 'o1',
    ownerId: 'li',
    campaignId: 'fair',
    amount: { minor: 30_000, currency: 'CNY' },
    paidOn: '2026-03-02',
  },
} as const;
const { opportunityId: _o, ownerId: _w, paidOn: _d, ...stated } = received.data;
const reversed = {
  type: 'PaymentReversed',
  data: { ...received.data, reason: '重复入账', reversedOn: '2026-03-02' },
} as const;
const ofContract = { customerId: 'c1', opportunityId: 'o1', ownerId: 'li', currency: 'CNY' };
const related = { customerId: { ownerId: 'zhao' }, contractId: ofContract };
const left = { name: '李雷', dismissedOn: '2026-01-01' };

describe('a payment', () => {
  it('is received for a contract and credited to the contract’s owner', () => {
    given(payment).when('ReceivePayment', stated, { id: 'p1', related }).then(received);
  });

  it('without a contract is credited to the customer’s owner', () => {
    const direct = { customerId: 'c1', amount: { minor: 1, currency: 'USD' }, paidOn: '2026-02-01' };
    given(payment)
      .when('ReceivePayment', direct, { id: 'p1', related: { customerId: { ownerId: 'zhao' } } })
      .then({ type: 'PaymentReceived', data: { ...direct, paymentId: 'p1', ownerId: 'zhao' } });
  });

  it('is received once, whenever the same facts are stated', () => {
    const later = { id: 'p1', occurredOn: '2026-04-01', related: { ...related, customerId: { ownerId: 'wu' } } };
    given(payment, received).when('ReceivePayment', stated, later).then();
    given(payment, received)
      .when('ReceivePayment', { ...stated, amount: { minor: 40_000, currency: 'CNY' } }, later)
      .thenRefused('ALREADY_EXISTS');
  });

  it('is more than nothing', () => {
    given(payment)
      .when('ReceivePayment', { ...stated, amount: { minor: 0, currency: 'CNY' } }, { related })
      .thenRefused('NOTHING_PAID');
  });

  it('comes from the contract’s customer, in the contract’s currency', () => {
    given(payment)
      .when('ReceivePayment', { ...stated, customerId: 'c2' }, { related })
      .thenRefused('OTHER_CUSTOMER');
    given(payment)
      .when('ReceivePayment', { ...stated, amount: { minor: 1, currency: 'USD' } }, { related })
      .thenRefused('OTHER_CURRENCY');
  });

  it('is not received on a day that has not come', () => {
    given(payment)
      .when('ReceivePayment', { ...stated, paidOn: '2026-03-03' }, { related })
      .thenRefused('IN_THE_FUTURE');
  });

  it('is credited to who has left only where the contract was theirs, or the money came before', () => {
    const withLeft = { id: 'p1', related: { ...related, ownerId: left } };
    given(payment)
      .when('ReceivePayment', { ...stated, ownerId: 'li' }, withLeft)
      .then(received);
    given(payment)
      .when('ReceivePayment', { ...stated, ownerId: 'wu' }, withLeft)
      .thenRefused('EMPLOYEE_DISMISSED');
    given(payment)
      .when('ReceivePayment', { ...stated, ownerId: 'wu', paidOn: '2025-12-31' }, withLeft)
      .then({ ...received, data: { ...received.data, ownerId: 'wu', paidOn: '2025-12-31' } });
  });

  it('is reversed as a whole, once', () => {
    given(payment, received).when('ReversePayment', { paymentId: 'p1', reason: '重复入账' }).then(reversed);
    given(payment, received, reversed).when('ReversePayment', { paymentId: 'p1', reason: '退款' }).then();
  });

  it('is reversed neither before it was paid nor on a day that has not come', () => {
    const reverse = (reversedOn: string) =>
      given(payment, received).when('ReversePayment', { paymentId: 'p1', reason: '退款', reversedOn });
    reverse('2026-03-01').thenRefused('BEFORE_PAYMENT');
    reverse('2026-03-03').thenRefused('IN_THE_FUTURE');
  });
});
