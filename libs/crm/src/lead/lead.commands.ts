import { Command, Envelope, NewId, Reference } from '#platform/graphql/command.js';
import type { MoneyInput } from '#platform/graphql/fields.js';
import { Amount, Count, Email, Id, Phone, Text } from '#platform/graphql/fields.js';

@Command('Capture a lead (线索): somebody who may become a customer.', { allow: 'lead.capture' })
export class CaptureLead extends Envelope {
  @NewId('The lead.') leadId?: string;
  @Text('The person or company.') name: string;
  @Text('The company (公司), if `name` is a person.', { optional: true }) company?: string;
  @Email('E-mail.', { optional: true }) email?: string;
  @Phone('Telephone.', { optional: true }) phone?: string;
  @Text('Where it came from (来源), e.g. website, exhibition, referral.', { optional: true }) source?: string;
  @Reference('campaign', 'The campaign (市场活动) that brought it.', { optional: true }) campaignId?: string;
  @Reference('employee', 'Who takes care of it.', { optional: true }) ownerId?: string;
  @Text('Region (区域).', { optional: true }) region?: string;
  @Text('Its id in the system it was imported from.', { optional: true }) externalId?: string;
}

@Command('Give a lead to a salesperson (线索分配).', { allow: 'lead.assign' })
export class AssignLead extends Envelope {
  @Id('The lead.') leadId: string;
  @Reference('employee', 'The salesperson.') ownerId: string;
}

@Command('Say that a lead is worth a salesperson’s time (线索确认).', { allow: 'lead.qualify' })
export class QualifyLead extends Envelope {
  @Id('The lead.') leadId: string;
  @Count('How promising it is, 0–100 (意向度).', { max: 100, optional: true }) score?: number;
}

@Command('Give a lead up (线索作废). A reason is required.', { allow: 'lead.disqualify' })
export class DisqualifyLead extends Envelope {
  @Id('The lead.') leadId: string;
  @Text('Why (原因).', { max: 1000 }) declare reason: string;
}

@Command('Turn a lead into a customer with an opportunity (线索转化). Both follow within moments.', {
  allow: 'lead.convert',
})
export class ConvertLead extends Envelope {
  @Id('The lead.') leadId: string;
  @Reference('customer', 'The customer, if it is one already; otherwise one is registered.', { optional: true })
  customerId?: string;
  @Text('What the opportunity (商机) is about.', { optional: true }) opportunityName?: string;
  @Reference('pipeline', 'Its pipeline; default `default`.', { optional: true }) pipelineId?: string;
  @Amount('What it may bring.', { optional: true }) amount?: MoneyInput;
}
