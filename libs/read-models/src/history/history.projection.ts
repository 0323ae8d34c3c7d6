import type { CrmEvents } from '#crm/events.js';
import type { Instant } from '#event-sourcing/event.js';
import { instant, integer, projection, text } from '#event-sourcing/projection.js';
import type { TablesOf } from '#projections/tables.js';

/** Where a customer's events stand in the log (客户历史). The events themselves are read from there. */
export const history = projection<CrmEvents>()('history', { version: 1 });

interface Belonging {
  readonly customerId: string;
  /** When that was recorded. */
  readonly since: Instant;
}

/** Event types that name a customer. */
type NamesCustomer = {
  [Type in keyof CrmEvents]: 'customerId' extends keyof CrmEvents[Type] ? Type : never;
}[keyof CrmEvents];

/** A stream belongs to the first customer that its events name, with all its events, also the earlier ones. */
const belongs = (
  row: Belonging | undefined,
  { data: { customerId }, recordedAt: since }: { data: { customerId?: string }; recordedAt: Instant },
): Belonging | undefined => row ?? (customerId ? { customerId, since } : undefined);

/** Every type that names a customer stands here, or it does not compile. */
const on: { readonly [Type in NamesCustomer]: typeof belongs } = {
  AccountOpened: belongs,
  ContactAdded: belongs,
  ContactChanged: belongs,
  ContactRemoved: belongs,
  ContractDrafted: belongs,
  ContractSigned: belongs,
  ContractTerminated: belongs,
  CreditTermsSet: belongs,
  CustomerHandedOver: belongs,
  CustomerProfileChanged: belongs,
  CustomerRegistered: belongs,
  ErasureRequested: belongs,
  InteractionLogged: belongs,
  InteractionRetracted: belongs,
  LeadConverted: belongs,
  OpportunityHandedOver: belongs,
  OpportunityLost: belongs,
  OpportunityOpened: belongs,
  OpportunityReestimated: belongs,
  OpportunityReopened: belongs,
  OpportunityWon: belongs,
  PaymentReceived: belongs,
  PaymentReversed: belongs,
  PersonErased: belongs,
  StageAdvanced: belongs,
  StageSteppedBack: belongs,
  TaskAccepted: belongs,
  TaskAssigned: belongs,
  TaskCancelled: belongs,
  TaskCompleted: belongs,
  TaskReassigned: belongs,
};

/** Whose history a stream is part of: the customer's own, its leads', opportunities', contracts' … */
export const streams = history.rows('streams', {
  key: { column: 'stream', of: ({ stream }) => stream },
  columns: { customerId: text, since: instant },
  indexes: [['customerId', 'stream']],
  on,
});

/** Every event's place. */
export const entries = history.log('entries', {
  columns: { stream: text, revision: integer, position: integer, type: text, recordedAt: instant },
  indexes: [['stream', 'position']],
  on: {
    '*': ({ stream, revision, position, type, recordedAt }) => [
      { stream, revision: Number(revision), position: Number(position), type, recordedAt },
    ],
  },
});

export type HistoryTables = TablesOf<[typeof streams, typeof entries]>;
