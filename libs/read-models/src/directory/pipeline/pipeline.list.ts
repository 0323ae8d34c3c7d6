import { ids, search } from '../list/filters.js';
import { list } from '../list/list.js';
import { pipelines as table } from './pipeline.rows.js';
import { Pipeline } from './pipeline.type.js';

export const pipelines = list({
  name: 'pipelines',
  resource: 'pipeline',
  one: 'pipeline',
  description: 'Pipelines (销售流程), newest first unless sorted otherwise.',
  table,
  node: Pipeline,
  filters: {
    ids: ids('pipelineId', 'Their ids.'),
    externalIds: ids('externalId', 'Their ids in the system they were imported from.'),
    search: search(['name', 'externalId']),
  },
  sorts: { NAME: ['name', 'Name (名称).'] },
  references: {},
});
