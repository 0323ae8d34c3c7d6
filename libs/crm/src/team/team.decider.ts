import { type Decider, once } from '#event-sourcing/decider.js';
import type { EmployeeFacts } from '../facts.js';
import { mustBeEmployed } from '../rules.js';
import * as commands from './team.commands.js';
import type { TeamEvents } from './team.events.js';

interface Team {
  readonly formed?: TeamEvents['TeamFormed'];
  readonly name?: string;
  readonly leaderId?: string;
}

/** The team (团队). */
export const team: Decider<Team, TeamEvents, typeof commands, { leaderId: EmployeeFacts }> = {
  stream: 'team',
  commands,
  initial: {},

  decide: {
    FormTeam: ({ name, region, leaderId, externalId }, state, { id, occurredOn, related }) => {
      if (!state.formed) mustBeEmployed(related.leaderId, occurredOn, 'leaderId');
      return once(state.formed, { type: 'TeamFormed', data: { teamId: id, name, region, leaderId, externalId } });
    },
    RenameTeam: ({ teamId, name }, state) => {
      if (state.name === name) return [];
      return [{ type: 'TeamRenamed', data: { teamId, name } }];
    },
    AppointTeamLeader: ({ teamId, leaderId }, state, { occurredOn, related }) => {
      if (state.leaderId === leaderId) return [];
      mustBeEmployed(related.leaderId, occurredOn, 'leaderId');
      return [{ type: 'TeamLeaderAppointed', data: { teamId, leaderId } }];
    },
  },

  evolve: {
    TeamFormed: (_, data) => ({ formed: data, name: data.name, leaderId: data.leaderId }),
    TeamRenamed: (state, { name }) => ({ ...state, name }),
    TeamLeaderAppointed: (state, { leaderId }) => ({ ...state, leaderId }),
  },
};
