import { sharedPaymentCounts as sharedCounts } from '../customer/shares.rows.js';
import { amounts, days, ids, oneOf, search } from '../list/filters.js';
import { list } from '../list/list.js';
import { moneyOf } from '../list/shown.js';
import { campaign, contract, customer, employee, opportunity } from '../references.js';
import { paymentCounts as counts, payments as table } from './payment.rows.js';
import { Payment, PaymentStatus } from './payment.type.js';

export const payments = list({
  name: 'payments',
  resource: 'payment',
  one: 'payment',
  description: 'Payments (回款), reversed ones included, newest first unless sorted otherwise.',
  table,
  counts,
  sharedCounts,
  node: Payment,
  show: ({ amountMinor, currency }) => ({ amount: moneyOf(amountMinor, currency) }),
  filters: {
    ids: ids('paymentId', 'Their ids.'),
    externalIds: ids('externalId', 'Their ids in the system they were imported from.'),
    status: oneOf('status', PaymentStatus, 'How they stand (状态).'),
    ownerId: ids('ownerId', 'To whose credit they are (负责人).'),
    customerId: ids('customerId', 'Customers (客户).'),
    contractId: ids('contractId', 'Contracts (合同).'),
    opportunityId: ids('opportunityId', 'Opportunities (商机).'),
    campaignId: ids('campaignId', 'Campaigns (市场活动).'),
    amount: amounts('amountMinor', 'How much (金额).'),
    paidOn: days('paidOn', 'When they were paid (回款日期).'),
    reversedOn: days('reversedOn', 'When they were taken back (冲销日期).'),
    search: search(['externalId']),
  },
  sorts: {
    AMOUNT: ['amountMinor', 'The amount in its smallest unit (金额); filter by currency for a meaningful order.'],
    PAID_ON: ['paidOn', 'When it was paid (回款日期).'],
  },
  references: {
    owner: employee('ownerId', 'To whose credit it is (负责人).'),
    customer: customer('customerId', 'Who paid (客户).'),
    contract: contract('contractId', 'For which contract (合同).'),
    opportunity: opportunity('opportunityId', 'The opportunity behind the contract (商机).'),
    campaign: campaign('campaignId', 'What brought it (市场活动).'),
  },
});
