import { date, integer, text } from '#event-sourcing/projection.js';
import { amountOf, blank, changed, created, directory, provenance } from '../directory.js';

const columns = {
  externalId: text.nullable,
  name: text,
  /** A `CampaignStatus`. */
  status: text,
  /** The cost. */
  amountMinor: integer.nullable,
  currency: text.nullable,
  startsOn: date.nullable,
  endsOn: date.nullable,
  launchedOn: date.nullable,
  endedOn: date.nullable,
  ...provenance,
};

export const campaigns = directory.rows('campaigns', {
  key: 'campaignId',
  columns,
  indexes: [
    ['name', 'campaignId'],
    ['startsOn', 'campaignId'],
    ['createdPosition', 'campaignId'],
  ],
  on: {
    CampaignPlanned: (_, event) => ({
      ...blank(columns),
      ...event.data,
      ...amountOf(event.data.cost),
      status: 'PLANNED',
      ...created(event),
    }),
    CampaignLaunched: (row, event) => changed(row, event, { status: 'RUNNING', launchedOn: event.data.launchedOn }),
    CampaignCostRecorded: (row, event) => changed(row, event, amountOf(event.data.cost)),
    CampaignEnded: (row, event) => changed(row, event, { status: 'ENDED', endedOn: event.data.endedOn }),
  },
});
