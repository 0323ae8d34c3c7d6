import { DefinePipeline } from '#crm/pipeline/pipeline.commands.js';
import type { Kind } from './kind.js';

export const pipelines: Kind = {
  columns: { pipeline: 'required', stage: 'required', name: 'optional', probability: 'optional' },
  references: {},
  record: 'pipeline',
  nameColumn: 'pipeline',
  fields: { pipelineId: 'pipeline', stages: 'stage' },
  together: (rows, { id }) => [
    {
      type: DefinePipeline,
      input: {
        pipelineId: id,
        name: rows[0]!.required('pipeline'),
        externalId: rows[0]!.required('pipeline'),
        stages: rows.map(row => ({
          stage: row.required('stage'),
          name: row.text('name') ?? row.required('stage'),
          probability: row.number('probability'),
        })),
      },
    },
  ],
};
