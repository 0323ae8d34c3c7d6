import type { PipelineEvents } from './pipeline.events.js';

/** The pipeline that every installation begins with; meant wherever a command names none. */
export const defaultPipeline = {
  pipelineId: 'default',
  name: '默认销售流程',
  stages: [
    { stage: 'NeedsConfirmed', name: '需求确认', probability: 20 },
    { stage: 'Proposal', name: '方案报价', probability: 50 },
    { stage: 'Negotiation', name: '合同谈判', probability: 80 },
  ],
} satisfies PipelineEvents['PipelineDefined'];
