import { RegisterCustomer } from '../customer/customer.commands.js';
import { OpenOpportunity } from '../opportunity/opportunity.commands.js';
import { order, type Policy } from './policy.js';

/**
 * A converted lead (线索) becomes a customer, unless an existing one was named, and an opportunity.
 * Both inherit the lead's owner through `leadId`: an owner named outright would be refused once dismissed.
 */
export const convertedLead: Policy<'LeadConverted'> = {
  name: 'converted-lead',
  types: ['LeadConverted'],
  commands: ({ data, metadata: { occurredAt } }) => {
    const { leadId, customerId, opportunityId, customerName, opportunityName } = data;
    const { source, campaignId, region, email, phone, pipelineId, amount } = data;
    const opportunity = { opportunityId, customerId, leadId, name: opportunityName, source, campaignId };
    const open = order(OpenOpportunity, { ...opportunity, pipelineId, amount, occurredAt });
    if (!customerName) return [open];
    const customer = { customerId, name: customerName, region, email, phone, leadId };
    return [order(RegisterCustomer, { ...customer, occurredAt }), open];
  },
};
