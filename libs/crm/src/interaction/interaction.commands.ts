import { Command, Envelope, NewId, Reference } from '#platform/graphql/command.js';
import { Id, LongText, OneOf, Text } from '#platform/graphql/fields.js';
import { InteractionKind } from './interaction-kind.js';

@Command('Log that one was in touch with a customer (联系记录).', { allow: 'interaction.log' })
export class LogInteraction extends Envelope {
  @NewId('The interaction.') interactionId?: string;
  @Reference('customer', 'The customer (客户).') customerId: string;
  @Reference('employee', 'Who of us (员工).') employeeId: string;
  @Id('The contact (联系人) of the customer.', { optional: true }) contactId?: string;
  @Reference('opportunity', 'The opportunity (商机) that it was about.', { optional: true }) opportunityId?: string;
  @OneOf(InteractionKind, 'How (联系方式).') kind: InteractionKind;
  @LongText('What was said (内容).', { optional: true }) content?: string;
  @Text('What came of it (结果).', { optional: true, max: 1000 }) result?: string;
  @Text('Its id in the system it was imported from.', { optional: true }) externalId?: string;
}

@Command('Retract an interaction that was logged by mistake (撤回联系记录). A reason is required.', {
  allow: 'interaction.retract',
})
export class RetractInteraction extends Envelope {
  @Id('The interaction.') interactionId: string;
  @Text('Why (原因).', { max: 1000 }) declare reason: string;
}
