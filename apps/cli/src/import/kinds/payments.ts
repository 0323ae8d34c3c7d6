import { ReceivePayment } from '#crm/payment/payment.commands.js';
import type { Kind } from './kind.js';

export const payments: Kind = {
  columns: {
    externalId: 'required',
    customer: 'required',
    contract: 'optional',
    owner: 'optional',
    campaign: 'optional',
    amount: 'required',
    currency: 'optional',
    paidOn: 'required',
  },
  references: { customer: 'customers', contract: 'contracts', owner: 'employees', campaign: 'campaigns' },
  fields: {
    customerId: 'customer',
    contractId: 'contract',
    ownerId: 'owner',
    campaignId: 'campaign',
    occurredAt: 'paidOn',
  },
  steps: (row, { id }) => [
    {
      type: ReceivePayment,
      input: {
        paymentId: id,
        customerId: row.requiredReference('customer'),
        contractId: row.reference('contract'),
        ownerId: row.reference('owner'),
        campaignId: row.reference('campaign'),
        amount: row.requiredMoney('amount'),
        paidOn: row.requiredDay('paidOn'),
        externalId: row.required('externalId'),
        occurredAt: row.startOf('paidOn'),
      },
    },
  ],
};
