import type { CrmEvents } from '#crm/events.js';
import type { Money } from '#crm/money.js';
import type { Day, RecordedEvent } from '#event-sourcing/event.js';
import { boolean, date, integer, projection, text } from '#event-sourcing/projection.js';
import type { TablesOf } from '#projections/tables.js';

/** What customers paid and signed, from which RFM (客户价值) is computed for any day. */
export const rfm = projection<CrmEvents>()('rfm', { version: 2 });

/**
 * Receipts and signed contracts. What is taken back keeps its row, with the day from which this was known: so the same rows tell
 * what is true and what was known on any day. Recency depends on the day of the question, so nothing of it is stored.
 */
export const transactions = rfm.rows('transactions', {
  key: { column: 'transactionId', of: transactionIdOf },
  columns: {
    basis: text,
    customerId: text,
    currency: text,
    minor: integer,
    madeOn: date,
    knownOn: date,
    /** The day on which it was recorded that the payment was reversed, or the contract terminated. */
    voidedOn: date.nullable,
  },
  // Holds all that a question reads, in the order in which it adds up: a report is a walk through it, without sort or hash.
  indexes: [['basis', 'currency', 'customerId', 'madeOn', 'minor', 'voidedOn', 'knownOn']],
  on: {
    PaymentReceived: (_, { data, knownOn }) => made('RECEIPTS', data, data.paidOn, knownOn),
    PaymentReversed: (row, { knownOn }) => row && { ...row, voidedOn: row.voidedOn ?? knownOn },
    ContractSigned: (_, { data, knownOn }) => made('CONTRACTS', data, data.signedOn, knownOn),
    ContractTerminated: (row, { knownOn }) => row && { ...row, voidedOn: row.voidedOn ?? knownOn },
  },
});

/** A payment names its contract too. Clients may choose ids, so a payment and a contract may bear the same. */
function transactionIdOf({ data }: RecordedEvent): string {
  const { paymentId, contractId } = data as { paymentId?: string; contractId?: string };
  return paymentId === undefined ? `contract-${contractId}` : `payment-${paymentId}`;
}

const made = (basis: string, data: { customerId: string; amount: Money }, madeOn: Day, knownOn: Day) => ({
  basis,
  customerId: data.customerId,
  currency: data.amount.currency,
  minor: data.amount.minor,
  madeOn,
  knownOn,
  voidedOn: null,
});

/**
 * What the receipts of a customer in one currency come to, as it is known now: of a million customers the report reads these and not
 * their transactions. Without index, so that a payment changes one line in its place; a report reads all of them anyway.
 */
export const receipts = rfm.rows('receipts', {
  key: { column: 'receiptsId', of: receiptsIdOf },
  columns: {
    customerId: text,
    currency: text,
    frequency: integer,
    monetary: integer,
    lastOn: date,
    /** Not after the last one was taken back: which one is the last now, only the transactions know. */
    lastIsSure: boolean,
  },
  on: {
    PaymentReceived: (row, { data: { customerId, amount, paidOn } }) => {
      if (!row) return { customerId, ...firstReceipt(amount, paidOn) };
      const last = paidOn >= row.lastOn ? { lastOn: paidOn, lastIsSure: true } : {};
      return { ...row, frequency: row.frequency + 1, monetary: row.monetary + amount.minor, ...last };
    },
    PaymentReversed: (row, { data: { amount, paidOn } }) =>
      row && row.frequency > 1
        ? {
            ...row,
            frequency: row.frequency - 1,
            monetary: row.monetary - amount.minor,
            lastIsSure: row.lastIsSure && paidOn < row.lastOn,
          }
        : undefined,
  },
});

/** A currency has three letters, so no two pairs make the same id. */
function receiptsIdOf({ data }: RecordedEvent): string {
  const { customerId, amount } = data as { customerId: string; amount: Money };
  return `${amount.currency}-${customerId}`;
}

const firstReceipt = ({ currency, minor }: Money, lastOn: Day) => ({
  currency,
  frequency: 1,
  monetary: minor,
  lastOn,
  lastIsSure: true,
});

export type RfmTables = TablesOf<[typeof transactions, typeof receipts]>;
