import type { CrmEvents } from '#crm/events.js';
import type { Money } from '#crm/money.js';
import type { Day } from '#event-sourcing/event.js';
import { date, integer, json, projection, text } from '#event-sourcing/projection.js';
import type { TablesOf } from '#projections/tables.js';
import { type Estimate, type Move, stockChangesOf, timesOf } from './stages.timeline.js';

/** How opportunities move through the stages of their pipelines (阶段流转): flow, stock, and time. */
export const stages = projection<CrmEvents>()('stages', { version: 1 });

/** Every opportunity, with its moves and estimates in the order in which they were recorded. */
export const opportunities = stages.rows('opportunities', {
  key: 'opportunityId',
  columns: {
    pipelineId: text,
    /** The day of the first stage entry. */
    cohortOn: date.nullable,
    moves: json<readonly Move[]>(),
    estimates: json<readonly Estimate[]>(),
  },
  on: {
    OpportunityOpened: (_, { data }) =>
      estimated({ pipelineId: data.pipelineId, cohortOn: null, moves: [], estimates: [] }, data, data.openedOn),
    StageAdvanced: (row, { data, occurredOn }) => row && moved(row, data.to, occurredOn),
    StageSteppedBack: (row, { data, occurredOn }) => row && moved(row, data.to, occurredOn),
    OpportunityReopened: (row, { data, occurredOn }) => row && moved(row, data.to, occurredOn),
    OpportunityWon: (row, { data }) => row && estimated(moved(row, 'won', data.wonOn), data, data.wonOn),
    OpportunityLost: (row, { data }) => row && moved(row, 'lost', data.lostOn),
    OpportunityReestimated: (row, { data, occurredOn }) => row && estimated(row, data, occurredOn),
  },
});

interface Opportunity {
  readonly pipelineId: string;
  readonly cohortOn: Day | null;
  readonly moves: readonly Move[];
  readonly estimates: readonly Estimate[];
}

function moved(row: Opportunity, to: string, on: Day): Opportunity {
  const from = row.moves.at(-1)?.to ?? null;
  // Whoever is lost without ever having been in a stage is in no cohort, as in the funnel.
  const entry = to === 'lost' ? null : on;
  return { ...row, cohortOn: row.cohortOn ?? entry, moves: [...row.moves, { from, to, on }] };
}

function estimated(row: Opportunity, { amount }: { amount?: Money }, on: Day): Opportunity {
  if (!amount) return row;
  return { ...row, estimates: [...row.estimates, { on, currency: amount.currency, minor: amount.minor }] };
}

/** What moved from where to where, by day. */
export const flow = stages.totals('flow', opportunities, {
  by: ['pipelineId'],
  each: { on: date, fromStage: text.nullable, toStage: text },
  sums: { moves: integer },
  of: ({ moves }) => moves.map(({ from, to, on }) => ({ on, fromStage: from, toStage: to, moves: 1 })),
});

/** What comes and goes, by day: its sum up to a day is what stood where at the end of it. */
export const stock = stages.totals('stock', opportunities, {
  by: ['pipelineId'],
  each: { on: date, stage: text, currency: text.nullable },
  sums: { opportunities: integer, amountMinor: integer },
  of: ({ moves, estimates }) => stockChangesOf(moves, estimates),
});

/** How many were in a stage for how many days, or are in it as if since a day. */
export const times = stages.totals('times', opportunities, {
  by: ['cohortOn', 'pipelineId'],
  each: { stage: text, days: integer.nullable, since: integer.nullable },
  sums: { opportunities: integer },
  of: ({ moves }) => timesOf(moves).map(time => ({ ...time, opportunities: 1 })),
});

export type StagesTables = TablesOf<[typeof opportunities, typeof flow, typeof stock, typeof times]>;
