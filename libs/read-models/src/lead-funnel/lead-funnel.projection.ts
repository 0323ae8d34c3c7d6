import type { CrmEvents } from '#crm/events.js';
import type { Money } from '#crm/money.js';
import type { RecordedEvent } from '#event-sourcing/event.js';
import { boolean, date, integer, json, projection, text } from '#event-sourcing/projection.js';
import type { TablesOf } from '#projections/tables.js';
import { type ContractsPaid, withReceipt, withReversal, withSigned, withTerminated } from '../shared/contracts-paid.js';
import { lossReasonOf } from '../shared/loss-reason.js';
import { stepsOf } from './lead-funnel.steps.js';

/** The lead funnel (线索漏斗): what became of the leads of a cohort; beside it, the opportunities that no lead was converted to. */
export const leadFunnel = projection<CrmEvents>()('leadFunnel', { version: 2 });

/**
 * What an event is about: the opportunity, or that to which the lead would be converted. Events of opportunities, contracts and
 * payments do not name the lead, but a lead says beforehand which opportunity it becomes, so one row sees the whole way.
 */
function subjectOf({ type, data }: RecordedEvent): string | undefined {
  const { leadId, opportunityId } = data as { leadId?: string; opportunityId?: string };
  return type.startsWith('Lead') ? `${leadId}-opportunity` : opportunityId;
}

/** Every lead with the opportunity that it became, and every opportunity that was opened directly. */
export const prospects = leadFunnel.rows('prospects', {
  key: { column: 'opportunityId', of: subjectOf },
  columns: {
    /** Opened without a lead. */
    direct: boolean,
    /** The day of the capture, or of the opening; and whose it was then. */
    cohortOn: date,
    ownerId: text.nullable,
    source: text.nullable,
    campaignId: text.nullable,
    qualified: boolean,
    converted: boolean,
    /** Set while it is disqualified, or lost as an opportunity. */
    lossReason: text.nullable,
    won: boolean,
    /** Also if it was reopened since. */
    everWon: boolean,
    currency: text.nullable,
    amountMinor: integer,
    contracts: json<ContractsPaid>(),
  },
  on: {
    LeadCaptured: (_, { data, occurredOn }) => ({ ...started(data), direct: false, cohortOn: occurredOn }),
    LeadQualified: row => row && { ...row, qualified: true },
    LeadDisqualified: (row, { data }) => row && { ...row, lossReason: lossReasonOf(data.reason) },
    LeadConverted: (row, { data }) => row && estimated({ ...row, converted: true }, data),
    OpportunityOpened: (row, { data }) =>
      estimated(row ? { ...row, converted: true } : { ...started(data), direct: true, cohortOn: data.openedOn }, data),
    OpportunityWon: (row, { data }) => row && estimated({ ...row, won: true, everWon: true }, data),
    OpportunityLost: (row, { data }) => row && { ...row, lossReason: lossReasonOf(data.reason) },
    OpportunityReopened: row => row && { ...row, won: false, lossReason: null },
    OpportunityReestimated: (row, { data }) => row && estimated(row, data),
    ContractSigned: (row, { data }) => row && { ...row, contracts: withSigned(row.contracts, data) },
    ContractTerminated: (row, { data }) => row && { ...row, contracts: withTerminated(row.contracts, data) },
    PaymentReceived: (row, { data }) => row && { ...row, contracts: withReceipt(row.contracts, data) },
    PaymentReversed: (row, { data }) => row && { ...row, contracts: withReversal(row.contracts, data) },
  },
});

function started({ ownerId, source, campaignId }: { ownerId?: string; source?: string; campaignId?: string }) {
  return {
    ownerId: ownerId ?? null,
    source: source ?? null,
    campaignId: campaignId ?? null,
    qualified: false,
    converted: false,
    lossReason: null,
    won: false,
    everWon: false,
    currency: null,
    amountMinor: 0,
    contracts: {},
  };
}

function estimated<Row extends object>(row: Row, { amount }: { amount?: Money }): Row {
  return amount ? { ...row, currency: amount.currency, amountMinor: amount.minor } : row;
}

/** What every question about the funnel needs. */
const ALWAYS = ['cohortOn', 'direct', 'currency', 'stage', 'lossReason'] as const;

/** The figures of each step, by the day of the cohort. */
export const totals = leadFunnel.totals('totals', prospects, {
  by: ['cohortOn', 'ownerId', 'direct', 'source', 'campaignId', 'currency'],
  each: { stage: text, lossReason: text.nullable },
  sums: { reached: integer, amountMinor: integer, openHere: integer, lostHere: integer, wonHere: integer },
  of: stepsOf,
  rollups: { overview: ALWAYS, owners: [...ALWAYS, 'ownerId'], channels: [...ALWAYS, 'source', 'campaignId'] },
});

export type LeadFunnelTables = TablesOf<[typeof prospects, typeof totals]>;
