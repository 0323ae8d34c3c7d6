import type { Instant } from '#event-sourcing/event.js';
import { date, integer, json, text } from '#event-sourcing/projection.js';
import { blank, changed, created, directory, provenance } from '../directory.js';

/** Credit terms as they were agreed at some time. */
export interface CreditTerms {
  readonly creditGrade: string | null;
  readonly paymentMethod: string | null;
  readonly agreedAt: Instant;
  readonly eventId: string;
  readonly position: number;
}

const columns = {
  externalId: text.nullable,
  name: text,
  type: text,
  industry: text.nullable,
  region: text.nullable,
  scale: text.nullable,
  address: text.nullable,
  taxNumber: text.nullable,
  email: text.nullable,
  phone: text.nullable,
  ownerId: text.nullable,
  leadId: text.nullable,
  registeredOn: date,
  creditGrade: text.nullable,
  paymentMethod: text.nullable,
  /** Oldest first. */
  creditTerms: json<readonly CreditTerms[]>(),
  ...provenance,
};

type Terms = Pick<CreditTerms, 'creditGrade' | 'paymentMethod'>;

function agreed(
  before: readonly CreditTerms[],
  { creditGrade, paymentMethod }: Terms,
  event: { id: string; position: bigint; metadata: { occurredAt: Instant } },
) {
  const terms = { creditGrade, paymentMethod };
  const { id: eventId, position } = event;
  const line = { ...terms, agreedAt: event.metadata.occurredAt, eventId, position: Number(position) };
  return { ...terms, creditTerms: [...before, line] };
}

export const customers = directory.rows('customers', {
  key: 'customerId',
  columns,
  indexes: [
    ['createdPosition', 'customerId'],
    ['name', 'customerId'],
    ['registeredOn', 'customerId'],
    ['ownerId', 'createdPosition'],
    ['externalId'],
  ],
  on: {
    CustomerRegistered: (_, event) => {
      const { creditGrade = null, paymentMethod = null } = event.data;
      const terms = { creditGrade, paymentMethod };
      return {
        ...blank(columns),
        ...event.data,
        ...(creditGrade || paymentMethod ? agreed([], terms, event) : { ...terms, creditTerms: [] }),
        ...created(event),
      };
    },
    CustomerProfileChanged: (row, event) => changed(row, event, event.data),
    CreditTermsSet: (row, event) =>
      changed(row, event, ({ creditTerms, ...before }) => {
        const { creditGrade = before.creditGrade, paymentMethod = before.paymentMethod } = event.data;
        return agreed(creditTerms, { creditGrade, paymentMethod }, event);
      }),
    CustomerHandedOver: (row, event) => changed(row, event, { ownerId: event.data.ownerId }),
  },
});

/** How many there are, by what their list is mostly narrowed by: to count a million rows takes longer than to show fifty. */
export const customerCounts = directory.totals('customerCounts', customers, {
  by: ['ownerId'],
  each: {},
  sums: { rows: integer },
  of: () => [{ rows: 1 }],
});
