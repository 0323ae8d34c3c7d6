import { WinOpportunity } from '../opportunity/opportunity.commands.js';
import { order, type Policy } from './policy.js';

/** A signed contract (合同) wins the opportunity (商机) that it belongs to, with the contract's amount. */
export const signedContractWinsOpportunity: Policy<'ContractSigned'> = {
  name: 'signed-contract-wins-opportunity',
  types: ['ContractSigned'],
  commands: ({ data: { contractId, opportunityId, amount }, metadata: { occurredAt } }) =>
    opportunityId ? [order(WinOpportunity, { opportunityId, amount, contractId, occurredAt })] : [],
};
