import type { Instalment } from '#crm/contract/contract.events.js';
import type { Money } from '#crm/money.js';
import { date, integer, json, text } from '#event-sourcing/projection.js';
import { blank, changed, created, directory, provenance } from '../directory.js';
import { firstOpenDueOn } from './instalments.js';

const columns = {
  externalId: text.nullable,
  number: text.nullable,
  customerId: text,
  opportunityId: text.nullable,
  ownerId: text.nullable,
  /** A `ContractStatus`. */
  status: text,
  currency: text,
  amountMinor: integer,
  /** Payments less those that were reversed. */
  receivedMinor: integer,
  /** Of a signed contract; nothing is owed before and after. Negative if more was received than agreed. */
  outstandingMinor: integer,
  instalments: json<readonly Instalment[]>(),
  /** Of a signed contract: when the first amount falls due that has not been received. Whether that is past depends on the day of the question. */
  nextDueOn: date.nullable,
  signedOn: date.nullable,
  terminatedOn: date.nullable,
  terminationReason: text.nullable,
  ...provenance,
};

interface Claim {
  readonly status: string;
  readonly amountMinor: number;
  readonly receivedMinor: number;
  readonly instalments: readonly Instalment[];
}

/** The claim with what is still owed of it. */
function owed<Row extends Claim>(claim: Row) {
  const { status, amountMinor, receivedMinor, instalments } = claim;
  const signed = status === 'SIGNED';
  return {
    ...claim,
    outstandingMinor: signed ? amountMinor - receivedMinor : 0,
    nextDueOn: signed ? firstOpenDueOn(instalments, receivedMinor) : null,
  };
}

export const contracts = directory.rows('contracts', {
  key: 'contractId',
  columns,
  indexes: [
    ['createdPosition', 'contractId'],
    ['signedOn', 'contractId'],
    ['amountMinor', 'contractId'],
    ['outstandingMinor', 'contractId'],
    ['nextDueOn', 'contractId'],
    ['number', 'contractId'],
    ['externalId'],
    ['ownerId', 'createdPosition'],
    ['customerId', 'createdPosition'],
  ],
  on: {
    ContractDrafted: (_, event) => ({
      ...blank(columns),
      ...event.data,
      status: 'DRAFT',
      amountMinor: event.data.amount.minor,
      currency: event.data.amount.currency,
      receivedMinor: 0,
      outstandingMinor: 0,
      ...created(event),
    }),
    ContractSigned: (row, event) => {
      const { amount, instalments, signedOn } = event.data;
      const signed = { status: 'SIGNED', amountMinor: amount.minor, currency: amount.currency, instalments, signedOn };
      return changed(row, event, row => owed({ ...row, ...signed }));
    },
    ContractTerminated: (row, event) => {
      const { terminatedOn, reason } = event.data;
      const end = { status: 'TERMINATED', terminatedOn, terminationReason: reason };
      return changed(row, event, row => owed({ ...row, ...end }));
    },
    PaymentReceived: (row, event) => changed(row, event, row => owed(received(row, event.data.amount, 1))),
    PaymentReversed: (row, event) => changed(row, event, row => owed(received(row, event.data.amount, -1))),
  },
});

/** An amount in another currency fills no instalment; commands refuse it, an old log may hold it. */
function received<Row extends Claim & { readonly currency: string }>(row: Row, amount: Money, sign: 1 | -1): Row {
  if (amount.currency !== row.currency) return row;
  return { ...row, receivedMinor: row.receivedMinor + sign * amount.minor };
}
