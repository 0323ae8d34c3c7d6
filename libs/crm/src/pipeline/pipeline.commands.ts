import { InputType } from '@nestjs/graphql';
import { Command, Envelope, NewId } from '#platform/graphql/command.js';
import { Id, ListOf, Percent, Text } from '#platform/graphql/fields.js';

// Not exported: every export of this file is a command.
@InputType({ description: 'An open stage of a pipeline (销售阶段).' })
class StageInput {
  @Text('Its code, that events and reports use, e.g. `Proposal`. Not `won`, `lost` or `paid`.', { max: 100 })
  stage: string;
  @Text('What people read, e.g. 方案报价 (阶段名称).', { max: 100 }) name: string;
  @Percent('The chance of winning from here (赢率), in per cent.', { optional: true }) probability?: number;
}

@Command('Define a pipeline (销售流程) with stages of your own.', { allow: 'pipeline.define' })
export class DefinePipeline extends Envelope {
  @NewId('The pipeline.') pipelineId?: string;
  @Text('Its name (流程名称).') name: string;
  @ListOf(() => StageInput, 'Its open stages in order; `won` and `lost` follow the last one.', { max: 20 })
  stages: StageInput[];
  @Text('Its id in the system it was imported from.', { optional: true }) externalId?: string;
}

@Command(
  'Give a pipeline other stages (流程调整). Opportunities that are open already keep the ones they began with.',
  {
    allow: 'pipeline.revise',
  },
)
export class RevisePipeline extends Envelope {
  @Id('The pipeline.') pipelineId: string;
  @ListOf(() => StageInput, 'All open stages in order, as they are from now on.', { max: 20 }) stages: StageInput[];
}
