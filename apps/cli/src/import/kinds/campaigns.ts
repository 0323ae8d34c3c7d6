import { PlanCampaign } from '#crm/campaign/campaign.commands.js';
import type { Kind } from './kind.js';

export const campaigns: Kind = {
  columns: {
    externalId: 'required',
    name: 'required',
    cost: 'optional',
    currency: 'optional',
    startsOn: 'optional',
    endsOn: 'optional',
  },
  references: {},
  steps: (row, { id }) => [
    {
      type: PlanCampaign,
      input: {
        campaignId: id,
        name: row.required('name'),
        cost: row.money('cost'),
        startsOn: row.day('startsOn'),
        endsOn: row.day('endsOn'),
        externalId: row.required('externalId'),
      },
    },
  ],
};
