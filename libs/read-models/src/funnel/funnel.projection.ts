import type { CrmEvents } from '#crm/events.js';
import type { Money } from '#crm/money.js';
import type { Day } from '#event-sourcing/event.js';
import { date, integer, json, projection, text } from '#event-sourcing/projection.js';
import type { TablesOf } from '#projections/tables.js';
import { type ContractsPaid, withReceipt, withReversal, withSigned, withTerminated } from '../shared/contracts-paid.js';
import { lossReasonOf } from '../shared/loss-reason.js';
import { type StageEntry, stepsOf } from './funnel.steps.js';

/** The pipeline funnel (销售漏斗): how far the opportunities of a cohort have come, and where they were lost. */
export const funnel = projection<CrmEvents>()('funnel', { version: 2 });

/** Every opportunity, with what decides how far it counts and for whom. */
export const opportunities = funnel.rows('opportunities', {
  key: 'opportunityId',
  columns: {
    pipelineId: text,
    pipelineVersion: integer,
    stages: json<readonly string[]>(),
    source: text.nullable,
    campaignId: text.nullable,
    currentOwnerId: text.nullable,
    /** The day of the first stage entry, and whose it was then: who takes over later gets no credit for the cohort. */
    cohortOn: date.nullable,
    ownerId: text.nullable,
    currency: text.nullable,
    amountMinor: integer,
    entries: json<readonly StageEntry[]>(),
    /** Set while it is lost. */
    lossReason: text.nullable,
    contracts: json<ContractsPaid>(),
  },
  on: {
    OpportunityOpened: (_, { data }) => ({
      pipelineId: data.pipelineId,
      pipelineVersion: data.pipelineVersion,
      stages: data.stages,
      source: data.source ?? null,
      campaignId: data.campaignId ?? null,
      currentOwnerId: data.ownerId ?? null,
      cohortOn: null,
      ownerId: null,
      currency: data.amount?.currency ?? null,
      amountMinor: data.amount?.minor ?? 0,
      entries: [],
      lossReason: null,
      contracts: {},
    }),
    StageAdvanced: (row, { data, occurredOn }) => row && entered(row, data.to, occurredOn),
    StageSteppedBack: (row, { data, occurredOn }) => row && entered(row, data.to, occurredOn),
    OpportunityReopened: (row, { data, occurredOn }) => row && entered(row, data.to, occurredOn),
    OpportunityWon: (row, { data }) => row && estimated(entered(row, 'won', data.wonOn), data),
    OpportunityLost: (row, { data }) => row && { ...row, lossReason: lossReasonOf(data.reason) },
    OpportunityReestimated: (row, { data }) => row && estimated(row, data),
    OpportunityHandedOver: (row, { data }) => row && { ...row, currentOwnerId: data.ownerId },
    ContractSigned: (row, { data }) => row && { ...row, contracts: withSigned(row.contracts, data) },
    ContractTerminated: (row, { data }) => row && { ...row, contracts: withTerminated(row.contracts, data) },
    PaymentReceived: (row, { data }) => row && { ...row, contracts: withReceipt(row.contracts, data) },
    PaymentReversed: (row, { data }) => row && { ...row, contracts: withReversal(row.contracts, data) },
  },
});

interface Opportunity {
  readonly cohortOn: Day | null;
  readonly ownerId: string | null;
  readonly currentOwnerId: string | null;
  readonly entries: readonly StageEntry[];
  readonly lossReason: string | null;
}

/** The first entry puts it into its cohort; any entry opens it again if it was lost. */
function entered<Row extends Opportunity>(row: Row, stage: string, on: Day): Row {
  return {
    ...row,
    cohortOn: row.cohortOn ?? on,
    ownerId: row.cohortOn ? row.ownerId : row.currentOwnerId,
    entries: [...row.entries, { stage, on }],
    lossReason: null,
  };
}

function estimated<Row extends object>(row: Row, { amount }: { amount?: Money }): Row {
  return amount ? { ...row, currency: amount.currency, amountMinor: amount.minor } : row;
}

/** What every question about the funnel needs. */
const ALWAYS = ['cohortOn', 'pipelineId', 'pipelineVersion', 'currency', 'stage', 'lossReason'] as const;

/**
 * The figures of each step, for all three ways of counting, by the day of the cohort and everything that a funnel can be broken
 * down by. The owner stands next to the day: the index that follows this order then finds the days of one owner in a month.
 */
export const totals = funnel.totals('totals', opportunities, {
  by: ['cohortOn', 'ownerId', 'pipelineId', 'pipelineVersion', 'source', 'campaignId', 'currency'],
  each: { stage: text, lossReason: text.nullable },
  sums: {
    reachedAny: integer,
    reachedStrict: integer,
    reachedImplied: integer,
    amountAny: integer,
    amountStrict: integer,
    amountImplied: integer,
    openHere: integer,
    lostHere: integer,
    wonHere: integer,
  },
  of: stepsOf,
  // Everything together is a line for almost each opportunity; by one aspect it is a few per month and value.
  rollups: {
    overview: ALWAYS,
    owners: [...ALWAYS, 'ownerId'],
    channels: [...ALWAYS, 'source', 'campaignId'],
  },
});

export type FunnelTables = TablesOf<[typeof opportunities, typeof totals]>;
