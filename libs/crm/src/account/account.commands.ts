import { Command, Envelope, NewId, Reference } from '#platform/graphql/command.js';
import { Email, Id, OneOf, Text } from '#platform/graphql/fields.js';
import { AccountRole } from './account-role.js';

@Command('Open an account (开通账号) for a customer, a partner or a machine. Employees have one by their e-mail.', {
  allow: 'account.open',
})
export class OpenAccount extends Envelope {
  @NewId('The account.') accountId?: string;
  @Text('Whose it is (名称).') name: string;
  @OneOf(AccountRole, 'What it may do (角色).') role: AccountRole;
  @Email('The e-mail that its tokens bear; no two accounts share one.', { optional: true }) email?: string;
  @Text('The subject that its tokens bear (`sub`), for machines without an e-mail.', { optional: true })
  subject?: string;
  @Reference('customer', 'Whose records an external user sees (客户); required for EXTERNAL.', { optional: true })
  customerId?: string;
}

@Command('Close an account (停用账号): its tokens stop working at once.', { allow: 'account.close' })
export class CloseAccount extends Envelope {
  @Id('The account.') accountId: string;
}
