/** An ISO 8601 instant in UTC with milliseconds, `2026-03-01T08:00:00.000Z`. */
export type Instant = string;
/** A calendar day, `YYYY-MM-DD`. Which instants belong to it depends on the business time zone. */
export type Day = string;
/** An event's place in the whole log: opaque, ascending, comparable within one store. */
export type Position = bigint;

/** Who acted, with the role held at that time. */
export interface Actor {
  readonly id: string;
  readonly role: string;
}

/** What is known about an event besides its data. `$correlationId` and `$causationId` are the names EventStoreDB reserves. */
export interface EventMetadata {
  readonly $correlationId: string;
  readonly $causationId: string;
  /** The client's id of the command; a repeated command is recognised by it. */
  readonly commandId?: string;
  readonly actor: Actor;
  readonly onBehalfOf?: string;
  readonly reason?: string;
  /** When it happened in the business; for a late entry earlier than `recordedAt`. */
  readonly occurredAt: Instant;
  readonly schemaVersion: number;
  /** The hash of the event before it in its stream; none at revision 0. Written by the chain (`libs/integrity`), like `hash`. */
  readonly previousHash?: string;
  /** SHA-256 of everything else that is stored of the event, base64url. Events of before there was a chain have none. */
  readonly hash?: string;
  /** W3C trace context of the command, where its trace was recorded. */
  readonly traceparent?: string;
}

/** An event on its way into the store. */
export interface NewEvent<Type extends string = string, Data = unknown> {
  /** A UUID; derived from the command's id, so that a repeat carries the same one. */
  readonly id: string;
  readonly type: Type;
  readonly data: Data;
  readonly metadata: EventMetadata;
  /** When we learned of it, by the command path's clock. It alone decides what was known when. */
  readonly recordedAt: Instant;
}

/** An event as the store returns it. */
export interface RecordedEvent<Type extends string = string, Data = unknown> extends NewEvent<Type, Data> {
  readonly stream: string;
  /** Its place in the stream, from 0. */
  readonly revision: bigint;
  readonly position: Position;
  /** The store's own time stamp, beside `recordedAt` for auditors. */
  readonly storedAt: Instant;
}

/** The union of a map's events, `{ type: 'LeadCaptured'; data: … } | …`. */
export type EventOf<Events> = {
  [Type in keyof Events & string]: { readonly type: Type; readonly data: Events[Type] };
}[keyof Events & string];
