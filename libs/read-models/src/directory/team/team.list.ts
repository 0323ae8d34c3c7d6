import { ids, search, texts } from '../list/filters.js';
import { list } from '../list/list.js';
import { employee } from '../references.js';
import { teams as table } from './team.rows.js';
import { Team } from './team.type.js';

export const teams = list({
  name: 'teams',
  resource: 'team',
  one: 'team',
  description: 'Teams (团队), newest first unless sorted otherwise.',
  table,
  node: Team,
  filters: {
    ids: ids('teamId', 'Their ids.'),
    externalIds: ids('externalId', 'Their ids in the system they were imported from.'),
    region: texts('region', 'Regions (区域).'),
    leaderId: ids('leaderId', 'Who leads them (负责人).'),
    search: search(['name', 'externalId']),
  },
  sorts: { NAME: ['name', 'Name (名称).'] },
  references: { leader: employee('leaderId', 'Who leads it (负责人).') },
});
