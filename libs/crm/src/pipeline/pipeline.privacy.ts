import type { Privacy } from '#event-sourcing/privacy.js';
import type { PipelineEvents } from './pipeline.events.js';

export const pipelinePrivacy: Privacy<PipelineEvents> = {
  PipelineDefined: { about: 'nobody', notPersonal: { name: 'what a pipeline is called' } },
  PipelineRevised: { about: 'nobody' },
};
