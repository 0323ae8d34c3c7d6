import { type Decider, once } from '#event-sourcing/decider.js';
import { refuse } from '#event-sourcing/refusal.js';
import type { ContractFacts, CustomerFacts, EmployeeFacts } from '../facts.js';
import { dayOf, mustBeEmployed, mustBeOfCustomer } from '../rules.js';
import * as commands from './payment.commands.js';
import type { PaymentEvents } from './payment.events.js';

interface Payment {
  readonly received?: PaymentEvents['PaymentReceived'];
  readonly reversed: boolean;
}

type Related = { customerId: CustomerFacts; contractId: ContractFacts; ownerId: EmployeeFacts };

/** The payment (回款). It has a stream of its own, whether or not it belongs to a contract (ADR 0004). */
export const payment: Decider<Payment, PaymentEvents, typeof commands, Related> = {
  stream: 'payment',
  commands,
  initial: { reversed: false },

  decide: {
    ReceivePayment: (command, state, { id, occurredOn, related }) => {
      const { customerId, contractId, campaignId, amount, externalId } = command;
      if (amount.minor <= 0)
        throw refuse('NOTHING_PAID', 'A payment is more than nothing.', {
          field: 'amount.minor',
          allowed: '1 or more',
        });
      mustBeOfCustomer(customerId, related.contractId, 'contractId');
      const currency = related.contractId?.currency ?? amount.currency;
      if (amount.currency !== currency)
        throw refuse('OTHER_CURRENCY', `The contract is in ${currency}, the payment in ${amount.currency}.`, {
          field: 'amount.currency',
          allowed: currency,
        });
      const inherited = related.contractId?.ownerId ?? related.customerId?.ownerId;
      const otherwise = state.received ?? { ownerId: inherited, paidOn: occurredOn };
      const ownerId = command.ownerId ?? otherwise.ownerId;
      const paidOn = command.paidOn ? dayOf(command.paidOn, occurredOn, 'paidOn') : otherwise.paidOn;
      // Who has left keeps the credit for what their own contracts and customers still bring.
      if (ownerId !== otherwise.ownerId) mustBeEmployed(related.ownerId, paidOn, 'ownerId');
      const opportunityId = related.contractId?.opportunityId;
      const data = {
        paymentId: id,
        customerId,
        contractId,
        opportunityId,
        ownerId,
        campaignId,
        amount,
        paidOn,
        externalId,
      };
      return once(state.received, { type: 'PaymentReceived', data });
    },
    ReversePayment: ({ paymentId, reason, reversedOn: stated }, state, { occurredOn }) => {
      if (state.reversed) return [];
      const { customerId, contractId, opportunityId, ownerId, campaignId, amount, paidOn } = state.received!;
      const reversedOn = dayOf(stated, occurredOn, 'reversedOn');
      if (reversedOn < paidOn)
        throw refuse('BEFORE_PAYMENT', `It was paid on ${paidOn} and cannot be taken back before.`, {
          field: 'reversedOn',
          allowed: `from ${paidOn} on`,
        });
      const data = {
        paymentId,
        customerId,
        contractId,
        opportunityId,
        ownerId,
        campaignId,
        amount,
        reason,
        paidOn,
        reversedOn,
      };
      return [{ type: 'PaymentReversed', data }];
    },
  },

  evolve: {
    PaymentReceived: (_, data) => ({ received: data, reversed: false }),
    PaymentReversed: state => ({ ...state, reversed: true }),
  },

  belongsTo: ({ received }) => ({ ownerId: received?.ownerId, customerId: received?.customerId }),
};
