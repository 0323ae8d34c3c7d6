import { convertedLead } from './converted-lead.policy.js';
import type { Policy } from './policy.js';
import { signedContractWinsOpportunity } from './signed-contract-wins-opportunity.policy.js';

/** Every policy, each with a place of its own in the log. */
export const policies: readonly Policy[] = [convertedLead, signedContractWinsOpportunity];
