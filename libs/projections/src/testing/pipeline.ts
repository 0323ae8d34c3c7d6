import type { Day } from '#event-sourcing/event.js';
import { date, integer, json, type Projection, projection, type RowOf, text } from '#event-sourcing/projection.js';

/** A small sales pipeline, as the engine's own tests fold it. */
export type PipelineEvents = {
  DealOpened: { dealId: string; ownerId: string; amount: number };
  DealAdvanced: { dealId: string; stage: string };
  DealHandedOver: { dealId: string; ownerId: string };
  DealErased: { dealId: string };
  VisitPaid: { ownerId: string };
};

const pipeline = projection<PipelineEvents>()('pipeline', { version: 1 });

/** One row per deal, until it is erased. */
export const deals = pipeline.rows('deals', {
  key: 'dealId',
  columns: {
    openedOn: date,
    ownerId: text,
    amountMinor: integer,
    lastStage: text.nullable,
    entries: json<{ stage: string; on: Day }[]>(),
  },
  indexes: [['ownerId', 'openedOn']],
  on: {
    DealOpened: (_, { data, occurredOn }) => ({
      openedOn: occurredOn,
      ownerId: data.ownerId,
      amountMinor: data.amount,
      lastStage: null,
      entries: [],
    }),
    DealAdvanced: (deal, { data: { stage }, occurredOn }) => {
      if (stage === 'poison') throw new Error('nobody knows this stage');
      return deal && { ...deal, lastStage: stage, entries: [...deal.entries, { stage, on: occurredOn }] };
    },
    DealHandedOver: (deal, { data }) => deal && { ...deal, ownerId: data.ownerId },
    DealErased: () => undefined,
  },
});

/** Each stage that a deal has ever reached, once, and its amount. */
export const reachedStages = (deal: RowOf<typeof deals>) =>
  ['opened', ...new Set(deal.entries.map(({ stage }) => stage))].map(stage => ({
    stage,
    reached: 1,
    amountMinor: deal.amountMinor,
  }));

export const stageTotals = pipeline.totals('stageTotals', deals, {
  by: ['openedOn', 'ownerId'],
  each: { stage: text },
  sums: { reached: integer, amountMinor: integer },
  of: reachedStages,
  rollups: { stages: ['openedOn', 'stage'], owners: ['openedOn', 'ownerId'] },
});

/** Without a date: where the deals stand now. */
export const standing = pipeline.totals('standing', deals, {
  by: ['lastStage', 'ownerId'],
  each: {},
  sums: { deals: integer },
  of: () => [{ deals: 1 }],
  rollups: { lastStages: ['lastStage'] },
});

/** A counter per salesperson and day. */
export const visitDays = pipeline.rows('visitDays', {
  key: {
    column: 'ownerDay',
    of: event => `${(event.data as { ownerId: string }).ownerId} ${event.metadata.occurredAt.slice(0, 10)}`,
  },
  columns: { visits: integer },
  on: { VisitPaid: day => ({ visits: (day?.visits ?? 0) + 1 }) },
});

export const visits = pipeline.log('visits', {
  columns: { ownerId: text, on: date },
  indexes: [['ownerId']],
  on: { VisitPaid: ({ data, occurredOn }) => [{ ownerId: data.ownerId, on: occurredOn }] },
});

export { pipeline };

/** The definition after somebody has mended the fold of the events that it stumbled over. */
export function mended(): Projection {
  const advance = deals.on.DealAdvanced as (deal: unknown, event: { data: { stage: string } }) => unknown;
  const fixed = {
    ...deals,
    on: {
      ...deals.on,
      DealAdvanced: (deal: unknown, event: { data: { stage: string } }) =>
        advance(deal, event.data.stage === 'poison' ? { ...event, data: { ...event.data, stage: 'mended' } } : event),
    },
  } as unknown as (typeof pipeline.tables.rows)[number];
  return {
    ...pipeline,
    tables: {
      ...pipeline.tables,
      rows: pipeline.tables.rows.map(table => (table.name === 'deals' ? fixed : table)),
      totals: pipeline.tables.totals.map(totals => ({ ...totals, rows: fixed })),
    },
  };
}
