import { ObjectType, registerEnumType } from '@nestjs/graphql';
import type { Money } from '#platform/graphql/money.js';
import { DirectoryRecord, shown } from '../list/shown.js';

export const OpportunityStatus = { OPEN: 'OPEN', WON: 'WON', LOST: 'LOST' } as const;
registerEnumType(OpportunityStatus, {
  name: 'OpportunityStatus',
  description: 'How an opportunity stands (商机状态).',
  valuesMap: {
    OPEN: { description: 'Open (进行中).' },
    WON: { description: 'Won (赢单).' },
    LOST: { description: 'Lost (丢单).' },
  },
});

@ObjectType({ description: 'A stage (阶段) by its code and its name.' })
export class StageName {
  @shown.text('The code, `Proposal`.', { always: true }) code: string;
  @shown.text('What people call it (名称), 方案报价.', { always: true }) name: string;
}

@ObjectType({ description: 'That an opportunity came into a stage, or to an end (阶段变更).' })
export class StageEntryLine {
  @shown.one(() => StageName, 'The stage; `won` and `lost` are the ends.') stage: StageName;
  @shown.day('The business day (日期).', { always: true }) enteredOn: string;
  @shown.id('Whose the opportunity was then (当时负责人).') ownerId: string | null;
  @shown.id('The event that says so.', { always: true }) sourceEventId: string;
  @shown.position('Where that event stands in the log.', { always: true }) position: number;
}

@ObjectType({ description: 'An opportunity (商机).' })
export class Opportunity extends DirectoryRecord {
  @shown.id('Its id in the system it was imported from.') externalId: string | null;
  @shown.text('What it is about (名称).') name: string | null;
  @shown.enum(() => OpportunityStatus, 'How it stands (状态).') status: keyof typeof OpportunityStatus;
  @shown.maybe(() => StageName, 'The open stage that it is in, or was in when it ended (阶段).')
  stage: StageName | null;
  @shown.listOf(() => StageEntryLine, 'The stages that it came into, in order (阶段历程).') entries: StageEntryLine[];
  @shown.text('Why it was lost (丢单原因).') lossReason: string | null;
  @shown.money('What it may bring, or brought (金额).') amount: Money | null;
  @shown.text('Where it came from (来源).') source: string | null;
  @shown.count('The version of the pipeline that it began in.', { always: true }) pipelineVersion: number;
  @shown.day('When it was opened (创建日期).', { always: true }) openedOn: string;
  @shown.day('When it is expected to close (预计成交日期).') expectedCloseOn: string | null;
  @shown.day('When it was won or lost (结束日期).') closedOn: string | null;
}
