import type { Permission } from '#platform/access/permissions.js';

/** What decides who sees a line of a table. */
export interface Belonging {
  /** Whoever has it sees the lines that it reaches. */
  readonly permission: Permission;
  /** The column that says whose the line is. Of totals: to whose credit it was, at the time. */
  readonly owner?: string;
  /** The column that says whose customer's the line is: it is seen by whoever owns that customer, too. */
  readonly customer?: string;
  /** The number in `directory.customerShares` of such lines that belong to somebody else than their customer does, where it is kept. */
  readonly shared?: 'sharedOpportunities' | 'sharedPayments';
  /** Set where the line is that very customer. */
  readonly isCustomer?: true;
}

const customer = { permission: 'customer.read', owner: 'ownerId', customer: 'customerId', isCustomer: true } as const;
const lead = { permission: 'lead.read', owner: 'ownerId', customer: 'customerId' } as const;
const opportunity = {
  permission: 'opportunity.read',
  owner: 'ownerId',
  customer: 'customerId',
  shared: 'sharedOpportunities',
} as const;
const payment = {
  permission: 'payment.read',
  owner: 'ownerId',
  customer: 'customerId',
  shared: 'sharedPayments',
} as const;

/**
 * Every table that can be asked, and who sees what of it: a table without an entry cannot be read. Where neither owner nor customer
 * is named, the lines belong to nobody: the permission for all of them shows all, any other none.
 */
export const belongings = {
  'directory.campaigns': { permission: 'campaign.read' },
  'directory.contacts': { permission: 'customer.read', customer: 'customerId' },
  'directory.contracts': { permission: 'contract.read', owner: 'ownerId', customer: 'customerId' },
  'directory.customers': customer,
  'directory.employees': { permission: 'employee.read' },
  'directory.interactions': { permission: 'interaction.read', owner: 'employeeId', customer: 'customerId' },
  'directory.leads': lead,
  'directory.opportunities': opportunity,
  'directory.payments': payment,
  'directory.pipelines': { permission: 'pipeline.read' },
  'directory.tasks': { permission: 'task.read', owner: 'assigneeId', customer: 'customerId' },
  'directory.teams': { permission: 'team.read' },
  'organisation.campaigns': { permission: 'campaign.read' },
  'organisation.employees': { permission: 'employee.read' },
  'organisation.pipelines': { permission: 'pipeline.read' },
  'organisation.teams': { permission: 'team.read' },
  'history.streams': { permission: 'history.read', customer: 'customerId' },
  'rfm.receipts': { permission: 'rfm.read', customer: 'customerId' },
  'rfm.transactions': { permission: 'rfm.read', customer: 'customerId' },
  'salesDaily.employees': { permission: 'employee.read' },
  // Their number is to somebody's credit for ever; their names are for whoever sees the customers today.
  'salesDaily.customers': { permission: 'customer.read', customer: 'customerId' },
  'funnel.totals': { permission: 'funnel.read', owner: 'ownerId' },
  'leadFunnel.totals': { permission: 'leadFunnel.read', owner: 'ownerId' },
  'closings.totals': { permission: 'closings.read', owner: 'ownerId' },
  'closings.cycles': { permission: 'closings.read', owner: 'ownerId' },
  'stages.flow': { permission: 'stages.read', owner: 'ownerId' },
  'stages.stock': { permission: 'stages.read', owner: 'ownerId' },
  'stages.times': { permission: 'stages.read', owner: 'ownerId' },
  'salesDaily.totals': { permission: 'salesDaily.read', owner: 'employeeId' },
} as const satisfies { readonly [path: string]: Belonging };

export type Readable = keyof typeof belongings;
