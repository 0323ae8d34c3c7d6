import { type Decider, once } from '#event-sourcing/decider.js';
import type { EmployeeFacts, OpportunityFacts } from '../facts.js';
import { mustBeEmployed, mustBeOfCustomer } from '../rules.js';
import * as commands from './interaction.commands.js';
import type { InteractionEvents } from './interaction.events.js';

interface Interaction {
  readonly logged?: InteractionEvents['InteractionLogged'];
  readonly retracted: boolean;
}

type Related = { employeeId: EmployeeFacts; opportunityId: OpportunityFacts };

/** The interaction (联系记录): a visit, a call, an e-mail … */
export const interaction: Decider<Interaction, InteractionEvents, typeof commands, Related> = {
  stream: 'interaction',
  commands,
  initial: { retracted: false },

  decide: {
    LogInteraction: (command, state, { id, occurredOn, related }) => {
      const { customerId, employeeId, contactId, opportunityId, kind, content, result, externalId } = command;
      mustBeOfCustomer(customerId, related.opportunityId, 'opportunityId');
      if (!state.logged) mustBeEmployed(related.employeeId, occurredOn, 'employeeId');
      const happenedOn = state.logged?.happenedOn ?? occurredOn;
      const data = {
        interactionId: id,
        customerId,
        employeeId,
        contactId,
        opportunityId,
        kind,
        content,
        result,
        happenedOn,
        externalId,
      };
      return once(state.logged, { type: 'InteractionLogged', data });
    },
    RetractInteraction: ({ interactionId, reason }, state) => {
      if (state.retracted) return [];
      const { customerId, employeeId, kind, happenedOn } = state.logged!;
      return [
        { type: 'InteractionRetracted', data: { interactionId, customerId, employeeId, kind, happenedOn, reason } },
      ];
    },
  },

  evolve: {
    InteractionLogged: (_, data) => ({ logged: data, retracted: false }),
    InteractionRetracted: state => ({ ...state, retracted: true }),
  },

  belongsTo: ({ logged }) => ({ ownerId: logged?.employeeId, customerId: logged?.customerId }),
};
