import { CaptureLead } from '#crm/lead/lead.commands.js';
import type { Kind } from './kind.js';

export const leads: Kind = {
  columns: {
    externalId: 'required',
    name: 'required',
    company: 'optional',
    source: 'optional',
    campaign: 'optional',
    owner: 'optional',
    region: 'optional',
    capturedOn: 'optional',
  },
  references: { campaign: 'campaigns', owner: 'employees' },
  fields: { campaignId: 'campaign', ownerId: 'owner', occurredAt: 'capturedOn' },
  steps: (row, { id }) => [
    {
      type: CaptureLead,
      input: {
        leadId: id,
        name: row.required('name'),
        company: row.text('company'),
        source: row.text('source'),
        campaignId: row.reference('campaign'),
        ownerId: row.reference('owner'),
        region: row.text('region'),
        externalId: row.required('externalId'),
        occurredAt: row.startOf('capturedOn'),
      },
    },
  ],
};
