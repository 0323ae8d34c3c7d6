import { Command, Envelope, NewId, Reference } from '#platform/graphql/command.js';
import { Id, Text } from '#platform/graphql/fields.js';

@Command('Form a team (组建团队).', { allow: 'team.form' })
export class FormTeam extends Envelope {
  @NewId('The team.') teamId?: string;
  @Text('Its name (团队名称).') name: string;
  @Text('Region (区域).', { optional: true }) region?: string;
  @Reference('employee', 'Who leads it (负责人).', { optional: true }) leaderId?: string;
  @Text('Its id in the system it was imported from.', { optional: true }) externalId?: string;
}

@Command('Give a team another name (团队更名).', { allow: 'team.rename' })
export class RenameTeam extends Envelope {
  @Id('The team.') teamId: string;
  @Text('The new name (团队名称).') name: string;
}

@Command('Appoint the leader of a team (任命负责人).', { allow: 'team.appointLeader' })
export class AppointTeamLeader extends Envelope {
  @Id('The team.') teamId: string;
  @Reference('employee', 'The new leader (负责人).') leaderId: string;
}
