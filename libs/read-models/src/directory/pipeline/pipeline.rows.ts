import type { Stage } from '#crm/pipeline/pipeline.events.js';
import { integer, json, text } from '#event-sourcing/projection.js';
import { blank, changed, created, directory, provenance } from '../directory.js';

const columns = {
  externalId: text.nullable,
  name: text,
  /** The newest version, counted from 1. */
  version: integer,
  stages: json<readonly Stage[]>(),
  ...provenance,
};

export const pipelines = directory.rows('pipelines', {
  key: 'pipelineId',
  columns,
  indexes: [
    ['name', 'pipelineId'],
    ['createdPosition', 'pipelineId'],
  ],
  on: {
    PipelineDefined: (_, event) => ({ ...blank(columns), ...event.data, version: 1, ...created(event) }),
    PipelineRevised: (row, event) => changed(row, event, { version: event.data.version, stages: event.data.stages }),
  },
});
