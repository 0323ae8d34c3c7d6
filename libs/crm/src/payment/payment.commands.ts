import { Command, Envelope, NewId, Reference } from '#platform/graphql/command.js';
import type { MoneyInput } from '#platform/graphql/fields.js';
import { Amount, DayField, Id, Text } from '#platform/graphql/fields.js';

@Command('Receive a payment (回款).', { allow: 'payment.receive' })
export class ReceivePayment extends Envelope {
  @NewId('The payment.') paymentId?: string;
  @Reference('customer', 'Who paid (客户).') customerId: string;
  @Reference('contract', 'The contract (合同) that it is for.', { optional: true }) contractId?: string;
  @Reference('employee', 'Whom it is credited to (负责人); default the owner of the contract, then of the customer.', {
    optional: true,
  })
  ownerId?: string;
  @Reference('campaign', 'The campaign (市场活动) that it is attributed to.', { optional: true }) campaignId?: string;
  @Amount('How much (金额), more than nothing.') amount: MoneyInput;
  @DayField('When it was paid (回款日期); default the day it happened.', { optional: true }) paidOn?: string;
  @Text('Its id in the system it was imported from.', { optional: true }) externalId?: string;
}

@Command('Take a payment back as a whole (回款冲销). A reason is required.', { allow: 'payment.reverse' })
export class ReversePayment extends Envelope {
  @Id('The payment.') paymentId: string;
  @Text('Why (原因).', { max: 1000 }) declare reason: string;
  @DayField('When it was taken back (冲销日期); default the day it happened.', { optional: true }) reversedOn?: string;
}
