import type { Day } from '#event-sourcing/event.js';
import type { Money } from '../money.js';

/** A part of the contract's amount (回款计划), in the contract's currency. */
export type Instalment = { readonly dueOn: Day; readonly minor: number };

/** Stored for ever: never rename or retype; add an event, or add an upcaster. */
export type ContractEvents = {
  ContractDrafted: {
    contractId: string;
    customerId: string;
    opportunityId?: string;
    ownerId?: string;
    number?: string;
    amount: Money;
    instalments: readonly Instalment[];
    externalId?: string;
  };
  /** The sum of the instalments is the amount. */
  ContractSigned: {
    contractId: string;
    customerId: string;
    opportunityId?: string;
    ownerId?: string;
    amount: Money;
    instalments: readonly Instalment[];
    signedOn: Day;
  };
  ContractTerminated: {
    contractId: string;
    customerId: string;
    opportunityId?: string;
    ownerId?: string;
    reason: string;
    terminatedOn: Day;
  };
};
