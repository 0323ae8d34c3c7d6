import { type Decider, once } from '#event-sourcing/decider.js';
import { refuse } from '#event-sourcing/refusal.js';
import type { ContractFacts, CustomerFacts, EmployeeFacts, OpportunityFacts } from '../facts.js';
import { type Money, moneyText } from '../money.js';
import { dayOf, mustBeEmployed, mustBeOfCustomer } from '../rules.js';
import * as commands from './contract.commands.js';
import type { ContractEvents, Instalment } from './contract.events.js';

interface Contract {
  readonly drafted?: ContractEvents['ContractDrafted'];
  readonly status: 'drafted' | 'signed' | 'terminated';
}

type Related = { customerId: CustomerFacts; opportunityId: OpportunityFacts; ownerId: EmployeeFacts };

/** The instalments as they are stored; none are fine here, signing decides then. */
function instalmentsOf(amount: Money, given: readonly Instalment[] = []): readonly Instalment[] {
  const minor = given.reduce((sum, instalment) => sum + instalment.minor, 0);
  if (given.length > 0 && minor !== amount.minor) {
    const sum = moneyText({ minor, currency: amount.currency });
    const message = `The instalments add up to ${sum}, but the contract is about ${moneyText(amount)}.`;
    throw refuse('INSTALMENTS_DONT_ADD_UP', message, {
      field: 'instalments',
      allowed: `a sum of ${amount.minor} in the smallest unit of ${amount.currency}, not ${minor}`,
    });
  }
  return given.map(instalment => ({ dueOn: instalment.dueOn, minor: instalment.minor }));
}

/** The contract (合同), from its draft to its end. Payments have streams of their own (ADR 0004). */
export const contract: Decider<Contract, ContractEvents, typeof commands, Related> = {
  stream: 'contract',
  commands,
  initial: { status: 'drafted' },

  decide: {
    DraftContract: (command, state, { id, occurredOn, related }) => {
      const { customerId, opportunityId, number, amount, externalId } = command;
      mustBeOfCustomer(customerId, related.opportunityId, 'opportunityId');
      if (!state.drafted) mustBeEmployed(related.ownerId, occurredOn, 'ownerId');
      const otherwise = state.drafted ?? { ownerId: related.opportunityId?.ownerId ?? related.customerId?.ownerId };
      const ownerId = command.ownerId ?? otherwise.ownerId;
      const instalments = instalmentsOf(amount, command.instalments);
      const data = {
        contractId: id,
        customerId,
        opportunityId,
        ownerId,
        number,
        amount,
        instalments,
        externalId,
      };
      return once(state.drafted, { type: 'ContractDrafted', data });
    },
    SignContract: ({ contractId, signedOn: stated, instalments: given }, state, { occurredOn }) => {
      if (state.status === 'signed') return [];
      if (state.status === 'terminated')
        throw refuse('CONTRACT_TERMINATED', 'The contract was terminated and cannot be signed any more.');
      const { customerId, opportunityId, ownerId, amount, instalments: drafted } = state.drafted!;
      const signedOn = dayOf(stated, occurredOn, 'signedOn');
      const planned = given ? instalmentsOf(amount, given) : drafted;
      const instalments = planned.length > 0 ? planned : [{ dueOn: signedOn, minor: amount.minor }];
      const data = { contractId, customerId, opportunityId, ownerId, amount, instalments, signedOn };
      return [{ type: 'ContractSigned', data }];
    },
    TerminateContract: ({ contractId, reason }, state, { occurredOn }) => {
      if (state.status === 'terminated') return [];
      const { customerId, opportunityId, ownerId } = state.drafted!;
      const data = { contractId, customerId, opportunityId, ownerId, reason, terminatedOn: occurredOn };
      return [{ type: 'ContractTerminated', data }];
    },
  },

  evolve: {
    ContractDrafted: (_, data) => ({ drafted: data, status: 'drafted' }),
    ContractSigned: state => ({ ...state, status: 'signed' }),
    ContractTerminated: state => ({ ...state, status: 'terminated' }),
  },

  unique: ({ drafted }) => ({ number: drafted?.number }),
  belongsTo: ({ drafted }) => ({ ownerId: drafted?.ownerId, customerId: drafted?.customerId }),
  facts: ({ drafted }): ContractFacts => {
    const { customerId, opportunityId, ownerId, amount } = drafted!;
    return { customerId, opportunityId, ownerId, currency: amount.currency };
  },
};
