import type { NewEvent, Position, RecordedEvent } from './event.js';

/** What the writer saw last: the stream's revision, or that it did not exist. */
export type ExpectedRevision = bigint | 'noStream';

/** Where the last event of an append came to stand. */
export interface Appended {
  readonly revision: bigint;
  readonly position: Position;
}

/** An append as one of several. */
export interface StreamAppend {
  readonly stream: string;
  readonly expected: ExpectedRevision;
  readonly events: readonly NewEvent[];
}

/**
 * The answer to an append that may have been made before, by anybody who had the same ids: what is stored may differ from what was
 * asked for now, for example in its times. Otherwise like the first answer.
 */
export class PerhapsRepeated implements Appended {
  constructor(
    readonly revision: bigint,
    readonly position: Position,
  ) {}
}

export interface ReadStreamOptions {
  /** First revision to return; default the first one, backwards the last one. */
  readonly from?: bigint;
  readonly backwards?: boolean;
  readonly limit?: number;
}

export interface ReadAllOptions {
  /** Read what stands behind this position; default from the beginning. */
  readonly after?: Position;
  /** Only these event types; default all. */
  readonly types?: readonly string[];
  /** At most so many events per page. */
  readonly pageSize?: number;
  /** Aborting it ends the iteration without an error, also in the middle of a wait. */
  readonly signal?: AbortSignal;
}

/** Consecutive events of the log, and how far the reader has come with them. */
export interface Page {
  readonly events: readonly RecordedEvent[];
  /** Everything up to here was seen. With a filter it can lie behind the last event, so that a reader of rare types moves on. */
  readonly upTo: Position;
}

/**
 * The log. Semantics are EventStoreDB's: revisions start at 0, positions ascend, and an append that repeats the same
 * event ids at the same expected revision returns the first answer. Every adapter passes the suite in `contract/`.
 */
export interface EventStore {
  /**
   * Appends atomically; `events` is not empty. The answer is a `PerhapsRepeated` unless they were certainly written by this call.
   * @throws WrongExpectedRevision when the stream has moved on, or only some of the ids are stored there already.
   */
  append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<Appended>;
  /**
   * Appends to several streams as one: all of it or nothing, in the log in this order. Appends to the same stream follow on each other.
   * Only of stores that can; for taking over a log, where a repeat is a conflict like any other.
   * @throws WrongExpectedRevision when one of the streams has moved on.
   */
  appendTogether?(appends: readonly StreamAppend[]): Promise<void>;
  /** The events of one stream in order; nothing for an unknown stream. */
  readStream(stream: string, options?: ReadStreamOptions): AsyncIterable<RecordedEvent>;
  /** Pages up to the head that was found at the start; none if there is nothing to read. */
  readAll(options?: ReadAllOptions): AsyncIterable<Page>;
  /** Like `readAll`, then live without gap or repeat until aborted; survives lost connections. */
  follow(options: ReadAllOptions): AsyncIterable<Page>;
  /** The position of the last event, 0 for an empty log. */
  head(): Promise<Position>;
  close(): Promise<void>;
}

/** Somebody else wrote first. `actual` is what the writer should have seen. */
export class WrongExpectedRevision extends Error {
  override readonly name = 'WrongExpectedRevision';

  constructor(
    readonly stream: string,
    readonly expected: ExpectedRevision,
    readonly actual: ExpectedRevision,
  ) {
    super(`Stream ${stream} is at revision ${actual}, expected ${expected}.`);
  }
}
