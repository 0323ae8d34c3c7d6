import type { CrmEvents } from '#crm/events.js';
import type { Money } from '#crm/money.js';
import { daysBetween } from '#event-sourcing/business-time.js';
import type { Day } from '#event-sourcing/event.js';
import { boolean, date, integer, projection, text } from '#event-sourcing/projection.js';
import type { TablesOf } from '#projections/tables.js';

/** What was won and lost when (成交), by the day of closing. */
export const closings = projection<CrmEvents>()('closings', { version: 2 });

/** Every opportunity, with its end if it has one. */
export const opportunities = closings.rows('opportunities', {
  key: 'opportunityId',
  columns: {
    pipelineId: text,
    source: text.nullable,
    campaignId: text.nullable,
    currentOwnerId: text.nullable,
    /** From when on its sales cycle counts: the day of the first stage entry; that of the opening before it, or if it is won at once. */
    createdOn: date,
    begun: boolean,
    currency: text.nullable,
    amountMinor: integer,
    /** The day of its end and whose it was then; `null` while it is open. */
    closedOn: date.nullable,
    ownerId: text.nullable,
    won: boolean,
  },
  on: {
    OpportunityOpened: (_, { data }) => ({
      pipelineId: data.pipelineId,
      source: data.source ?? null,
      campaignId: data.campaignId ?? null,
      currentOwnerId: data.ownerId ?? null,
      createdOn: data.openedOn,
      begun: false,
      currency: data.amount?.currency ?? null,
      amountMinor: data.amount?.minor ?? 0,
      closedOn: null,
      ownerId: null,
      won: false,
    }),
    StageAdvanced: (row, { occurredOn }) => row && begun(row, occurredOn),
    OpportunityWon: (row, { data }) => row && closed(estimated(begun(row, row.createdOn), data), data.wonOn, true),
    OpportunityLost: (row, { data }) => row && closed(row, data.lostOn, false),
    OpportunityReopened: (row, { occurredOn }) =>
      row && { ...begun(row, occurredOn), closedOn: null, ownerId: null, won: false },
    OpportunityReestimated: (row, { data }) => row && estimated(row, data),
    OpportunityHandedOver: (row, { data }) => row && { ...row, currentOwnerId: data.ownerId },
  },
});

/** Its sales cycle counts from this day, unless it was begun before. */
function begun<Row extends { readonly begun: boolean; readonly createdOn: Day }>(row: Row, createdOn: Day): Row {
  return row.begun ? row : { ...row, begun: true, createdOn };
}

/** The last end counts; whoever has the opportunity then gets the credit. */
function closed<Row extends { readonly currentOwnerId: string | null }>(row: Row, closedOn: Day, won: boolean) {
  return { ...row, closedOn, ownerId: row.currentOwnerId, won };
}

function estimated<Row extends object>(row: Row, { amount }: { amount?: Money }): Row {
  return amount ? { ...row, currency: amount.currency, amountMinor: amount.minor } : row;
}

/** How many ended how, and what was won. */
export const totals = closings.totals('totals', opportunities, {
  by: ['closedOn', 'ownerId', 'pipelineId', 'source', 'campaignId', 'currency'],
  each: {},
  sums: { won: integer, lost: integer, wonMinor: integer },
  of: ({ closedOn, won, amountMinor }) => {
    if (closedOn === null) return [];
    return [won ? { won: 1, wonMinor: amountMinor } : { lost: 1 }];
  },
  rollups: {
    overview: ['closedOn', 'pipelineId', 'currency'],
    owners: ['closedOn', 'pipelineId', 'currency', 'ownerId'],
    channels: ['closedOn', 'pipelineId', 'currency', 'source', 'campaignId'],
  },
});

/** How long the won ones took: from this the median comes, which no sum could tell. */
export const cycles = closings.totals('cycles', opportunities, {
  by: ['closedOn', 'ownerId', 'pipelineId', 'source', 'campaignId'],
  each: { days: integer },
  sums: { won: integer },
  of: ({ closedOn, won, createdOn }) =>
    closedOn !== null && won ? [{ days: daysBetween(createdOn, closedOn), won: 1 }] : [],
  rollups: {
    cyclesOverview: ['closedOn', 'pipelineId', 'days'],
    cyclesOfOwners: ['closedOn', 'pipelineId', 'days', 'ownerId'],
    cyclesOfChannels: ['closedOn', 'pipelineId', 'days', 'source', 'campaignId'],
  },
});

export type ClosingsTables = TablesOf<[typeof opportunities, typeof totals, typeof cycles]>;
