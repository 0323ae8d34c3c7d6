import type { Day } from '#event-sourcing/event.js';
import type { Stage } from './pipeline/pipeline.events.js';

/** What an aggregate may know of another one that its command refers to. Aggregates never import one another. */
export type CustomerFacts = { readonly ownerId?: string };
/** `id` tells which pipeline is meant where the command left it out. */
export type PipelineFacts = { readonly id: string; readonly version: number; readonly stages: readonly Stage[] };
export type LeadFacts = { readonly ownerId?: string };
export type OpportunityFacts = {
  readonly customerId?: string;
  readonly ownerId?: string;
  readonly campaignId?: string;
};
export type ContractFacts = {
  readonly customerId: string;
  readonly opportunityId?: string;
  readonly ownerId?: string;
  readonly currency: string;
};
/** `dismissedOn` is the first day on which the person is no longer there. */
export type EmployeeFacts = { readonly name: string; readonly dismissedOn?: Day };
export type AccountFacts = { readonly closed: boolean };
