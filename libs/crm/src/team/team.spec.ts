import { describe, it } from '@jest/globals';
import { given } from '#event-sourcing/given.js';
import { team } from './team.decider.js';

const formed = {
  type: 'TeamFormed',
  data: { teamId: 'east', name: '华东一部', region: '华东', leaderId: 'li' },
} as const;
const left = { leaderId: { name: '赵云', dismissedOn: '2026-01-01' } };

describe('a team', () => {
  it('is formed with a region and a leader, once', () => {
    given(team).when('FormTeam', formed.data, { id: 'east' }).then(formed);
    given(team, formed).when('FormTeam', formed.data, { id: 'east' }).then();
    given(team, formed)
      .when('FormTeam', { ...formed.data, region: '华北' }, { id: 'east' })
      .thenRefused('ALREADY_EXISTS');
  });

  it('gets another name', () => {
    given(team, formed)
      .when('RenameTeam', { teamId: 'east', name: '华东大客户部' })
      .then({ type: 'TeamRenamed', data: { teamId: 'east', name: '华东大客户部' } });
    given(team, formed).when('RenameTeam', { teamId: 'east', name: '华东一部' }).then();
  });

  it('gets another leader', () => {
    given(team, formed)
      .when('AppointTeamLeader', { teamId: 'east', leaderId: 'zhao' })
      .then({ type: 'TeamLeaderAppointed', data: { teamId: 'east', leaderId: 'zhao' } });
    given(team, formed).when('AppointTeamLeader', { teamId: 'east', leaderId: 'li' }).then();
  });

  it('is not led by somebody who has left', () => {
    given(team).when('FormTeam', formed.data, { related: left }).thenRefused('EMPLOYEE_DISMISSED');
    given(team, formed)
      .when('AppointTeamLeader', { teamId: 'east', leaderId: 'zhao' }, { related: left })
      .thenRefused('EMPLOYEE_DISMISSED');
  });

  it('that was formed is not formed again, also when its leader has left since', () => {
    given(team, formed).when('FormTeam', formed.data, { id: 'east', related: left }).then();
  });
});
