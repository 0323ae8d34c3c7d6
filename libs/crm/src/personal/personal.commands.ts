import { Command, Envelope, NewId, Reference } from '#platform/graphql/command.js';
import { Id } from '#platform/graphql/fields.js';

@Command(
  'Erase a person (删除个人信息), for good: a customer with all its contacts and leads, or one contact, lead, employee or account. What happened stays, and so do all counts and sums; names, addresses and texts read [erased] (已删除) within moments.',
  { allow: 'personal.erase' },
)
export class ErasePerson extends Envelope {
  @NewId('The erasure (删除编号).') erasureId?: string;
  @Reference('customer', 'The customer (客户).', { optional: true }) customerId?: string;
  @Id('One contact of that customer (联系人), and nothing else of the customer.', { optional: true })
  contactId?: string;
  @Reference('lead', 'The lead (线索).', { optional: true }) leadId?: string;
  @Reference('employee', 'The employee (员工), who has been dismissed.', { optional: true }) employeeId?: string;
  @Reference('account', 'The account (账号), which has been closed.', { optional: true }) accountId?: string;
}
