import { OpenOpportunity } from '#crm/opportunity/opportunity.commands.js';
import type { Kind } from './kind.js';

/**
 * An opportunity enters the stages that the folder's stage changes tell. Without any it is in the first stage since the day on
 * which it was opened, or in none if that day is not known.
 */
export const opportunities: Kind = {
  columns: {
    externalId: 'required',
    customer: 'optional',
    owner: 'optional',
    pipeline: 'optional',
    name: 'optional',
    source: 'optional',
    campaign: 'optional',
    amount: 'optional',
    currency: 'optional',
    openedOn: 'optional',
    expectedCloseOn: 'optional',
  },
  references: { customer: 'customers', owner: 'employees', pipeline: 'pipelines', campaign: 'campaigns' },
  fields: {
    customerId: 'customer',
    ownerId: 'owner',
    pipelineId: 'pipeline',
    campaignId: 'campaign',
    occurredAt: 'openedOn',
  },
  steps: (row, { id, hasStageChanges, onlyPipeline }) => [
    {
      type: OpenOpportunity,
      input: {
        opportunityId: id,
        customerId: row.reference('customer'),
        ownerId: row.reference('owner'),
        pipelineId: row.reference('pipeline') ?? onlyPipeline,
        name: row.text('name'),
        source: row.text('source'),
        campaignId: row.reference('campaign'),
        amount: row.money('amount'),
        expectedCloseOn: row.day('expectedCloseOn'),
        unstaged: hasStageChanges || row.day('openedOn') === undefined,
        externalId: row.required('externalId'),
        occurredAt: row.startOf('openedOn'),
      },
    },
  ],
};
