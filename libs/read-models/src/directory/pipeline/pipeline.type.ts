import { ObjectType } from '@nestjs/graphql';
import { DirectoryRecord, shown } from '../list/shown.js';

@ObjectType({ description: 'An open stage of a pipeline (阶段).' })
export class PipelineStage {
  @shown.text('The code that events and reports use, `Proposal`.', { always: true }) stage: string;
  @shown.text('What people read (名称), 方案报价.', { always: true }) name: string;
  @shown.number('Chance of winning from here, in per cent (赢率).') probability: number | null;
}

@ObjectType({ description: 'A pipeline (销售流程): the stages on the way to a contract, as in its newest version.' })
export class Pipeline extends DirectoryRecord {
  @shown.id('Its id in the system it was imported from.') externalId: string | null;
  @shown.text('Name (名称).', { always: true }) name: string;
  @shown.count('The newest version, counted from 1 (版本).', { always: true }) version: number;
  @shown.listOf(() => PipelineStage, 'The open stages in order; `won` and `lost` follow.') stages: PipelineStage[];
}
