import { date, integer, text } from '#event-sourcing/projection.js';
import { blank, changed, created, directory, provenance } from '../directory.js';

const columns = {
  externalId: text.nullable,
  name: text,
  company: text.nullable,
  email: text.nullable,
  phone: text.nullable,
  source: text.nullable,
  region: text.nullable,
  campaignId: text.nullable,
  ownerId: text.nullable,
  /** A `LeadStatus`. */
  status: text,
  score: integer.nullable,
  /** Why it was given up. */
  reason: text.nullable,
  customerId: text.nullable,
  opportunityId: text.nullable,
  capturedOn: date,
  /** When it was converted or given up. */
  closedOn: date.nullable,
  ...provenance,
};

export const leads = directory.rows('leads', {
  key: 'leadId',
  columns,
  indexes: [
    ['createdPosition', 'leadId'],
    ['capturedOn', 'leadId'],
    ['name', 'leadId'],
    ['score', 'leadId'],
    ['externalId'],
    ['ownerId', 'createdPosition'],
    ['customerId'],
  ],
  on: {
    LeadCaptured: (_, event) => ({
      ...blank(columns),
      ...event.data,
      status: 'NEW',
      capturedOn: event.occurredOn,
      ...created(event),
    }),
    LeadAssigned: (row, event) => changed(row, event, { ownerId: event.data.ownerId }),
    LeadQualified: (row, event) =>
      changed(row, event, ({ score }) => ({ status: 'QUALIFIED', score: event.data.score ?? score })),
    LeadDisqualified: (row, event) =>
      changed(row, event, { status: 'DISQUALIFIED', reason: event.data.reason, closedOn: event.occurredOn }),
    LeadConverted: (row, event) =>
      changed(row, event, {
        status: 'CONVERTED',
        customerId: event.data.customerId,
        opportunityId: event.data.opportunityId,
        closedOn: event.occurredOn,
      }),
  },
});

/** How many there are, by what their list is mostly narrowed by: to count a million rows takes longer than to show fifty. */
export const leadCounts = directory.totals('leadCounts', leads, {
  by: ['status', 'ownerId'],
  each: {},
  sums: { rows: integer },
  of: () => [{ rows: 1 }],
});
