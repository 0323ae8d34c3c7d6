import type { Day } from '#event-sourcing/event.js';
import { date, integer, json, type ProjectedEvent, text } from '#event-sourcing/projection.js';
import { amountOf, blank, changed, created, directory, provenance } from '../directory.js';

/** That the opportunity came into a stage, or to an end. */
export interface Entry {
  /** The code of an open stage, `won` or `lost`. */
  readonly stage: string;
  readonly enteredOn: Day;
  readonly ownerId: string | null;
  readonly eventId: string;
  readonly position: number;
}

const columns = {
  externalId: text.nullable,
  name: text.nullable,
  customerId: text.nullable,
  leadId: text.nullable,
  ownerId: text.nullable,
  source: text.nullable,
  campaignId: text.nullable,
  pipelineId: text,
  pipelineVersion: integer,
  /** The open stages of that version, and what people call them. */
  stages: json<readonly string[]>(),
  stageNames: json<readonly string[]>().nullable,
  /** An `OpportunityStatus`. */
  status: text,
  /** The open stage that it is in, or was in when it ended. */
  stage: text.nullable,
  entries: json<readonly Entry[]>(),
  lossReason: text.nullable,
  contractId: text.nullable,
  amountMinor: integer.nullable,
  currency: text.nullable,
  openedOn: date,
  expectedCloseOn: date.nullable,
  closedOn: date.nullable,
  ...provenance,
};

interface Held {
  readonly ownerId: string | null;
  readonly entries: readonly Entry[];
}

/** The entries with another one, which is the present owner's. */
function withEntry({ ownerId, entries }: Held, stage: string, enteredOn: Day, { id, position }: ProjectedEvent) {
  return { entries: [...entries, { stage, enteredOn, ownerId, eventId: id, position: Number(position) }] };
}

type Entered = ProjectedEvent<string, { to: string }>;

/** In the open stage `to`. */
const inStage = (row: Held, event: Entered) => ({
  stage: event.data.to,
  ...withEntry(row, event.data.to, event.occurredOn, event),
});

const OPEN = { status: 'OPEN', lossReason: null, contractId: null, closedOn: null };

export const opportunities = directory.rows('opportunities', {
  key: 'opportunityId',
  columns,
  indexes: [
    ['createdPosition', 'opportunityId'],
    ['openedOn', 'opportunityId'],
    ['expectedCloseOn', 'opportunityId'],
    ['closedOn', 'opportunityId'],
    ['amountMinor', 'opportunityId'],
    ['name', 'opportunityId'],
    ['externalId'],
    ['ownerId', 'createdPosition'],
    ['ownerId', 'amountMinor'],
    ['ownerId', 'expectedCloseOn'],
    // A customer has few; by whose they are, those of others are found without looking at the rows.
    ['customerId', 'ownerId'],
  ],
  on: {
    OpportunityOpened: (_, event) => ({
      ...blank(columns),
      ...event.data,
      ...amountOf(event.data.amount),
      status: 'OPEN',
      entries: [],
      ...created(event),
    }),
    StageAdvanced: (row, event) => changed(row, event, row => inStage(row, event)),
    StageSteppedBack: (row, event) => changed(row, event, row => inStage(row, event)),
    OpportunityReopened: (row, event) => changed(row, event, row => ({ ...inStage(row, event), ...OPEN })),
    OpportunityReestimated: (row, event) =>
      changed(row, event, {
        ...(event.data.amount && amountOf(event.data.amount)),
        ...(event.data.expectedCloseOn && { expectedCloseOn: event.data.expectedCloseOn }),
      }),
    OpportunityWon: (row, event) => {
      const { amount, contractId = null, wonOn } = event.data;
      const won = { status: 'WON', contractId, closedOn: wonOn, ...(amount && amountOf(amount)) };
      return changed(row, event, row => ({ ...withEntry(row, 'won', wonOn, event), ...won }));
    },
    OpportunityLost: (row, event) => {
      const { reason, lostOn } = event.data;
      const lost = { status: 'LOST', lossReason: reason, closedOn: lostOn };
      return changed(row, event, row => ({ ...withEntry(row, 'lost', lostOn, event), ...lost }));
    },
    OpportunityHandedOver: (row, event) => changed(row, event, { ownerId: event.data.ownerId }),
  },
});

/** How many there are, by what their list is mostly narrowed by: to count a million rows takes longer than to show fifty. */
export const opportunityCounts = directory.totals('opportunityCounts', opportunities, {
  by: ['status', 'ownerId'],
  each: {},
  sums: { rows: integer },
  of: () => [{ rows: 1 }],
});
