import { Field, ObjectType } from '@nestjs/graphql';
import { shown } from '#read-models/directory/list/shown.js';
import { HistoryEntry, JsonScalar } from '#read-models/history/history.entry.js';

@ObjectType({ description: 'An event that a read model could not fold, or that waits behind such a one (死信).' })
export class DeadLetter {
  @shown.id('The read model.', { always: true }) projection: string;
  @shown.text('Its table.', { always: true }) table: string;
  @shown.id('The row that is stuck (主键).', { always: true }) key: string;
  @shown.position('Where the event stands in the log.', { always: true }) position: number;
  @shown.id('Its stream.', { always: true }) stream: string;
  @shown.text('Its type.', { always: true }) type: string;
  @shown.text('Why it could not be folded (错误); null: it waits behind another one of its key.') error: string | null;
  @shown.instant('Since when it waits.', { always: true }) parkedAt: string;
  @shown.maybe(() => HistoryEntry, 'The event itself; null for whoever may not read it.') event?: HistoryEntry | null;
  revision: string;
}

@ObjectType({ description: 'An event that was left out of a row because somebody decided so (已跳过事件).' })
export class SkippedEvent {
  @shown.id('The read model.', { always: true }) projection: string;
  @shown.text('Its table.', { always: true }) table: string;
  @shown.id('The row (主键).', { always: true }) key: string;
  @shown.position('Where the event stands in the log.', { always: true }) position: number;
  @shown.text('Its type.', { always: true }) type: string;
  @shown.count('The version of the read model for which it was decided; a later one tries it again.', { always: true })
  version: number;
  @shown.text('Why it could not be folded (错误).') error: string | null;
  @shown.text('Why it may be left out (跳过原因).', { always: true }) reason: string;
  @shown.id('Who decided (操作人).', { always: true }) skippedBy: string;
  @shown.instant('When (跳过时间).', { always: true }) skippedAt: string;
}

@ObjectType({ description: 'What became of dead letters that were folded again (重试结果).' })
export class DeadLettersRetried {
  @shown.count('Events that were folded.', { always: true }) replayed: number;
  @shown.count('Events that still wait.', { always: true }) left: number;
}

@ObjectType({ description: 'An event that was left out, and what became of those behind it (跳过结果).' })
export class DeadLetterSkipped extends DeadLettersRetried {
  @shown.position('Where the event that was left out stands in the log.', { always: true }) position: number;
  @shown.text('Its type.', { always: true }) type: string;
}

@ObjectType({ description: 'A figure, summed up over a table (指标差异).' })
export class FigureDifference {
  @shown.text('Its name.', { always: true }) name: string;
  @shown.number('As it is live.', { always: true }) live: number;
  @shown.number('As the candidate says.', { always: true }) candidate: number;
}

@ObjectType({ description: 'A line that differs (差异示例).' })
export class LineDifference {
  @Field(() => JsonScalar, { description: 'What identifies it.' }) key: unknown;
  @Field(() => JsonScalar, {
    nullable: true,
    description: 'What it says live, in the columns that differ; null: it is not there.',
  })
  live: unknown;
  @Field(() => JsonScalar, { nullable: true, description: 'What the candidate says there; null: it is not there.' })
  candidate: unknown;
}

@ObjectType({ description: 'A table of which the two versions say different things (表差异).' })
export class TableDifference {
  @shown.text('The table.', { always: true }) table: string;
  @shown.count('Lines that say something else; null: the two are defined otherwise.') changed: number | null;
  @shown.count('Lines that only the live version has.') onlyLive: number | null;
  @shown.count('Lines that only the candidate has.') onlyCandidate: number | null;
  @shown.listOf(() => FigureDifference, 'Of totals: the figures over all lines; other tables have none.')
  figures: FigureDifference[];
  @shown.listOf(() => LineDifference, 'Some of the lines; none for whoever may not read the whole log.')
  examples: LineDifference[];
}

@ObjectType({ description: 'What would change if the candidate of a read model went live (版本差异).' })
export class ProjectionDiff {
  @shown.id('The read model.', { always: true }) name: string;
  @shown.count('The live version.', { always: true }) liveVersion: number;
  @shown.position('What the live version has seen.', { always: true }) livePosition: bigint;
  @shown.count('The version that it is compared with.', { always: true }) candidateVersion: number;
  @shown.position('What that one has seen; where the two differ, what lies between counts as a difference.', {
    always: true,
  })
  candidatePosition: bigint;
  @shown.flag('Whether it waits to be swapped; otherwise it was live before.', { always: true }) waits: boolean;
  @shown.listOf(() => TableDifference, 'The tables that differ; none: no figure does.') tables: TableDifference[];
}
