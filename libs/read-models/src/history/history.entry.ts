import { Field, ObjectType } from '@nestjs/graphql';
import { GraphQLScalarType } from 'graphql';
import type { Instant, RecordedEvent } from '#event-sourcing/event.js';
import type { Origins } from '../access-log/origins.js';
import { shown } from '../directory/list/shown.js';
import { lazily } from '../shared/lazily.js';
import type { Change, Story } from './changes/story.js';
import { titleOf } from './history.words.js';

export const JsonScalar = new GraphQLScalarType({ name: 'JSON', description: 'A JSON document, as it is stored.' });

@ObjectType({ description: 'Who acted (操作人), with the role held at that time.' })
export class HistoryActor {
  @shown.id('Who.', { always: true }) id: string;
  @shown.text('In which role (角色).', { always: true }) role: string;
  @Field(() => String, {
    nullable: true,
    description: 'The name (姓名) known by then; null for Chronicle’s own parts and for whoever the log does not know.',
    middleware: [lazily],
  })
  name: () => Promise<string | null>;
}

@ObjectType({
  description: 'What an event changed (变更): a field of the record before and after, told from the earlier events.',
})
export class HistoryChange implements Change {
  @shown.text('The field, as events call it: `stage`.', { always: true }) field: string;
  @shown.text('The field in English: `Stage`.', { always: true }) name: string;
  @shown.text('The field in Chinese (字段): 阶段.', { always: true }) label: string;
  @shown.text('What it was before (变更前), in words; null: nothing.') before: string | null;
  @shown.text('What it is from then on (变更后), in words; null: nothing. Records have the names that were known then.')
  after: string | null;
  @Field(() => JsonScalar, { nullable: true, description: 'What it was before, as it stands in the log.' })
  beforeValue: unknown;
  @Field(() => JsonScalar, { nullable: true, description: 'What it is from then on, as it stands in the log.' })
  afterValue: unknown;
  @shown.text('All of it: `Stage: 方案报价 → 合同谈判`.', { always: true }) text: string;
}

@ObjectType({ description: 'An entry of a history (历史记录): one event, as it stands in the log.' })
export class HistoryEntry {
  @shown.position('Where it stands in the log.', { always: true }) position: bigint;
  @shown.id('The stream, `opportunity-…`.', { always: true }) stream: string;
  @shown.count('Its place in the stream, from 0.', { always: true }) revision: number;
  @shown.id('The event’s id.', { always: true }) eventId: string;
  @shown.text('The event’s type, `StageAdvanced`.', { always: true }) type: string;
  @shown.text('The event in words (事件说明).', { always: true }) title: string;
  @shown.one(() => HistoryActor, 'Who did it (操作人).') actor: HistoryActor;
  @Field(() => [HistoryChange], {
    description:
      'What it changed (变更内容), by comparison with what had been recorded before; read only if selected. Null for whoever may not read all histories, in feeds and among dead letters.',
    nullable: true,
    middleware: [lazily],
  })
  changes: () => Promise<readonly HistoryChange[] | null>;
  @shown.id('For whom, if the actor stood in for somebody (代表).') onBehalfOf?: string;
  @Field(() => String, {
    nullable: true,
    description: 'The name of that person known by then (代表姓名).',
    middleware: [lazily],
  })
  onBehalfOfName: () => Promise<string | null>;
  @Field(() => String, {
    nullable: true,
    description:
      'From which address (客户端地址) the command came, for whoever may read the access log, and as long as that keeps it; null for what came from within.',
    middleware: [lazily],
  })
  address: () => Promise<string | null>;
  @shown.instant('When we learned of it (录入时间): it alone decides what was known when.', { always: true })
  recordedAt: Instant;
  @shown.instant('The store’s own time stamp (存储时间).', { always: true }) storedAt: Instant;
  @shown.instant('When it happened (发生时间); for a late entry earlier than it was recorded.', { always: true })
  occurredAt: Instant;
  @shown.text('Why (原因).') reason?: string;
  @shown.id('The client’s id of the command (命令编号).') commandId?: string;
  @shown.id('The conversation that it belongs to.', { always: true }) correlationId: string;
  @shown.id('What caused it: a command, or the event that a policy answered.', { always: true }) causationId: string;
  @shown.text(
    'Its link of the stream’s hash chain (哈希), SHA-256 in base64url; events of before there was one have none.',
  )
  hash?: string;
  @Field(() => JsonScalar, { description: 'The event’s data, raw (原始数据).' }) data: unknown;
  @Field(() => JsonScalar, { description: 'Its metadata, raw (元数据).' }) metadata: unknown;
}

/** How more is found out about an event than it says; whoever is not to know more gets neither. */
interface Told {
  readonly story?: Story;
  readonly origins?: Origins;
}

/** An event as an entry of a history; what it changed, and who the people in it are, is read when somebody asks. */
export function historyEntry(event: RecordedEvent, { story, origins }: Told = {}): HistoryEntry {
  const { id, metadata, position, stream, revision, type, recordedAt, storedAt, data } = event;
  const { actor, onBehalfOf, occurredAt, reason, commandId, $correlationId, $causationId, hash } = metadata;
  return {
    position,
    stream,
    revision: Number(revision),
    eventId: id,
    type,
    title: titleOf(event),
    changes: async () => story?.changesOf(event) ?? null,
    actor: { ...actor, name: async () => story?.personAt(recordedAt, actor.id) ?? null },
    onBehalfOf,
    onBehalfOfName: async () => (onBehalfOf && story?.personAt(recordedAt, onBehalfOf)) || null,
    address: async () => origins?.of(event) ?? null,
    recordedAt,
    storedAt,
    occurredAt,
    reason,
    commandId,
    correlationId: $correlationId,
    causationId: $causationId,
    hash,
    data,
    metadata,
  };
}
