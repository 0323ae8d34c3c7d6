import { date, integer, text } from '#event-sourcing/projection.js';
import { blank, changed, created, directory, provenance } from '../directory.js';

const columns = {
  externalId: text.nullable,
  customerId: text,
  contractId: text.nullable,
  opportunityId: text.nullable,
  ownerId: text.nullable,
  campaignId: text.nullable,
  /** A `PaymentStatus`. */
  status: text,
  amountMinor: integer,
  currency: text,
  paidOn: date,
  reversedOn: date.nullable,
  reversalReason: text.nullable,
  ...provenance,
};

export const payments = directory.rows('payments', {
  key: 'paymentId',
  columns,
  indexes: [
    ['createdPosition', 'paymentId'],
    ['paidOn', 'paymentId'],
    ['amountMinor', 'paymentId'],
    ['ownerId', 'createdPosition'],
    ['customerId', 'createdPosition'],
    ['contractId', 'createdPosition'],
  ],
  on: {
    PaymentReceived: (_, event) => ({
      ...blank(columns),
      ...event.data,
      status: 'RECEIVED',
      amountMinor: event.data.amount.minor,
      currency: event.data.amount.currency,
      ...created(event),
    }),
    PaymentReversed: (row, event) =>
      changed(row, event, {
        status: 'REVERSED',
        reversedOn: event.data.reversedOn,
        reversalReason: event.data.reason,
      }),
  },
});

/** How many there are, by what their list is mostly narrowed by: to count a million rows takes longer than to show fifty. */
export const paymentCounts = directory.totals('paymentCounts', payments, {
  by: ['status', 'ownerId'],
  each: {},
  sums: { rows: integer },
  of: () => [{ rows: 1 }],
});
