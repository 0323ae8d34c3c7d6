import type { CrmEvents } from '#crm/events.js';
import type { Money } from '#crm/money.js';
import type { Day } from '#event-sourcing/event.js';
import { date, integer, json, projection, text } from '#event-sourcing/projection.js';
import type { TablesOf } from '#projections/tables.js';
import { type Estimate, type Move, type Ownership, stockChangesOf, timesOf } from './stages.timeline.js';

/** How opportunities move through the stages of their pipelines (阶段流转): flow, stock, and time. */
export const stages = projection<CrmEvents>()('stages', { version: 2 });

/** Every opportunity, with its moves and estimates in the order in which they were recorded. */
export const opportunities = stages.rows('opportunities', {
  key: 'opportunityId',
  columns: {
    pipelineId: text,
    /** The day of the first stage entry, and whose it was then: who takes over later gets no credit for the cohort. */
    cohortOn: date.nullable,
    ownerId: text.nullable,
    owners: json<readonly Ownership[]>(),
    moves: json<readonly Move[]>(),
    estimates: json<readonly Estimate[]>(),
  },
  on: {
    OpportunityOpened: (_, { data }) =>
      estimated(opened(data.pipelineId, data.ownerId ?? null, data.openedOn), data, data.openedOn),
    StageAdvanced: (row, { data, occurredOn }) => row && moved(row, data.to, occurredOn),
    StageSteppedBack: (row, { data, occurredOn }) => row && moved(row, data.to, occurredOn),
    OpportunityReopened: (row, { data, occurredOn }) => row && moved(row, data.to, occurredOn),
    OpportunityWon: (row, { data }) => row && estimated(moved(row, 'won', data.wonOn), data, data.wonOn),
    OpportunityLost: (row, { data }) => row && moved(row, 'lost', data.lostOn),
    OpportunityHandedOver: (row, { data, occurredOn }) =>
      row && { ...row, owners: [...row.owners, { on: occurredOn, ownerId: data.ownerId }] },
    OpportunityReestimated: (row, { data, occurredOn }) => row && estimated(row, data, occurredOn),
  },
});

interface Opportunity {
  readonly pipelineId: string;
  readonly cohortOn: Day | null;
  readonly ownerId: string | null;
  readonly owners: readonly Ownership[];
  readonly moves: readonly Move[];
  readonly estimates: readonly Estimate[];
}

const opened = (pipelineId: string, ownerId: string | null, on: Day): Opportunity => ({
  pipelineId,
  cohortOn: null,
  ownerId: null,
  owners: [{ on, ownerId }],
  moves: [],
  estimates: [],
});

function moved(row: Opportunity, to: string, on: Day): Opportunity {
  const from = row.moves.at(-1)?.to ?? null;
  const { ownerId } = row.owners.at(-1)!;
  // Whoever is lost without ever having been in a stage is in no cohort, as in the funnel.
  const entry = to === 'lost' ? null : on;
  return {
    ...row,
    cohortOn: row.cohortOn ?? entry,
    ownerId: row.cohortOn ? row.ownerId : ownerId,
    moves: [...row.moves, { from, to, on, ownerId }],
  };
}

function estimated(row: Opportunity, { amount }: { amount?: Money }, on: Day): Opportunity {
  if (!amount) return row;
  return { ...row, estimates: [...row.estimates, { on, currency: amount.currency, minor: amount.minor }] };
}

/** What moved from where to where, by day, and whose it was. */
export const flow = stages.totals('flow', opportunities, {
  by: ['pipelineId'],
  each: { on: date, fromStage: text.nullable, toStage: text, ownerId: text.nullable },
  sums: { moves: integer },
  of: ({ moves }) =>
    moves.map(({ from, to, on, ownerId }) => ({ on, fromStage: from, toStage: to, ownerId, moves: 1 })),
  rollups: { flowOfAll: ['on', 'pipelineId', 'fromStage', 'toStage'] },
});

/** What comes and goes, by day: its sum up to a day is what stood where at the end of it. */
export const stock = stages.totals('stock', opportunities, {
  by: ['pipelineId'],
  each: { on: date, stage: text, currency: text.nullable, ownerId: text.nullable },
  sums: { opportunities: integer, amountMinor: integer },
  of: ({ moves, estimates, owners }) => stockChangesOf(moves, estimates, owners),
  rollups: { stockOfAll: ['on', 'pipelineId', 'stage', 'currency'] },
});

/** How many were in a stage for how many days, or are in it as if since a day. */
export const times = stages.totals('times', opportunities, {
  by: ['cohortOn', 'pipelineId', 'ownerId'],
  each: { stage: text, days: integer.nullable, since: integer.nullable },
  sums: { opportunities: integer },
  of: ({ moves }) => timesOf(moves).map(time => ({ ...time, opportunities: 1 })),
  rollups: { timesOfAll: ['cohortOn', 'pipelineId', 'stage', 'days', 'since'] },
});

export type StagesTables = TablesOf<[typeof opportunities, typeof flow, typeof stock, typeof times]>;
