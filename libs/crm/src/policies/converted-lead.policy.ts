import { isEmailAddress, isPhoneNumber } from '#platform/graphql/fields.js';
import { RegisterCustomer } from '../customer/customer.commands.js';
import { OpenOpportunity } from '../opportunity/opportunity.commands.js';
import { order, type Policy } from './policy.js';

/** What older versions let in as an address or a number stays with the lead: for it no customer must be left out. */
const reachableBy = ({ email, phone }: { readonly email?: string; readonly phone?: string }) => ({
  email: isEmailAddress(email) ? email : undefined,
  phone: isPhoneNumber(phone) ? phone : undefined,
});

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
    const customer = { customerId, name: customerName, region, leadId, ...reachableBy({ email, phone }) };
    return [order(RegisterCustomer, { ...customer, occurredAt }), open];
  },
};
