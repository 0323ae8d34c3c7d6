import { boolean, integer, json, text, type ValuesOf } from '#event-sourcing/projection.js';
import { directory } from '../directory.js';

/** An opportunity of a customer. */
interface Held {
  readonly opportunityId: string;
  readonly ownerId: string | null;
  readonly status: string;
}

/** How many payments of a customer are to somebody's credit. */
interface Credited {
  readonly ownerId: string | null;
  readonly rows: number;
}

const columns = {
  /** Until then nobody sees anything for this customer's sake. */
  isRegistered: boolean,
  customerOwnerId: text.nullable,
  opportunities: json<readonly Held[]>(),
  payments: json<readonly Credited[]>(),
  /** How many of them belong to somebody else than the customer does. */
  sharedOpportunities: integer,
  sharedPayments: integer,
};
type Shares = ValuesOf<typeof columns>;

const NOTHING: Shares = {
  isRegistered: false,
  customerOwnerId: null,
  opportunities: [],
  payments: [],
  sharedOpportunities: 0,
  sharedPayments: 0,
};

type Owners = Pick<Shares, 'isRegistered' | 'customerOwnerId'>;

const sharedAmong = <One extends { readonly ownerId: string | null }>(
  { isRegistered, customerOwnerId }: Owners,
  all: readonly One[],
): readonly One[] => (isRegistered ? all.filter(({ ownerId }) => ownerId !== customerOwnerId) : []);

/** With the numbers that follow from what has changed. */
function counted(row: Shares | undefined, changes: Partial<Shares>): Shares {
  const now = { ...NOTHING, ...row, ...changes };
  return {
    ...now,
    sharedOpportunities: sharedAmong(now, now.opportunities).length,
    sharedPayments: sharedAmong(now, now.payments).reduce((sum, { rows }) => sum + rows, 0),
  };
}

function credited(payments: readonly Credited[], ownerId: string | null): readonly Credited[] {
  const before = payments.find(one => one.ownerId === ownerId);
  return [...payments.filter(one => one !== before), { ownerId, rows: (before?.rows ?? 0) + 1 }];
}

type Concerning = { readonly data: { readonly opportunityId: string } };

const moved = (row: Shares | undefined, { data: { opportunityId } }: Concerning, to: Partial<Held>) =>
  row &&
  counted(row, {
    opportunities: row.opportunities.map(one => (one.opportunityId === opportunityId ? { ...one, ...to } : one)),
  });

/**
 * Which customers have records of others than their own owner: these are seen by both. To look for them among all records of one's
 * customers takes as long as there are customers, and most have none.
 */
export const customerShares = directory.rows('customerShares', {
  key: 'customerId',
  columns,
  indexes: [
    ['customerOwnerId', 'sharedOpportunities'],
    ['customerOwnerId', 'sharedPayments'],
  ],
  on: {
    CustomerRegistered: (row, { data }) => counted(row, { isRegistered: true, customerOwnerId: data.ownerId ?? null }),
    CustomerHandedOver: (row, { data }) => (row?.isRegistered ? counted(row, { customerOwnerId: data.ownerId }) : row),
    OpportunityOpened: (row, { data: { opportunityId, ownerId = null } }) => {
      const others = row?.opportunities.filter(one => one.opportunityId !== opportunityId) ?? [];
      return counted(row, { opportunities: [...others, { opportunityId, ownerId, status: 'OPEN' }] });
    },
    OpportunityWon: (row, event) => moved(row, event, { status: 'WON' }),
    OpportunityLost: (row, event) => moved(row, event, { status: 'LOST' }),
    OpportunityReopened: (row, event) => moved(row, event, { status: 'OPEN' }),
    OpportunityHandedOver: (row, event) => moved(row, event, { ownerId: event.data.ownerId }),
    PaymentReceived: (row, { data: { ownerId = null } }) =>
      counted(row, { payments: credited(row?.payments ?? [], ownerId) }),
  },
});

/** How many opportunities are shared, by both owners. */
export const sharedOpportunityCounts = directory.totals('sharedOpportunityCounts', customerShares, {
  by: ['customerOwnerId'],
  each: { ownerId: text.nullable, status: text },
  sums: { rows: integer },
  of: row => sharedAmong(row, row.opportunities).map(({ ownerId, status }) => ({ ownerId, status, rows: 1 })),
});

/** The same of payments. */
export const sharedPaymentCounts = directory.totals('sharedPaymentCounts', customerShares, {
  by: ['customerOwnerId'],
  each: { ownerId: text.nullable },
  sums: { rows: integer },
  of: row => sharedAmong(row, row.payments).map(({ ownerId, rows }) => ({ ownerId, rows })),
});
