import { EncodedEvent } from '#event-sourcing/encoded-event.js';
import type { NewEvent } from '#event-sourcing/event.js';
import type { Appended, ExpectedRevision } from '#event-sourcing/event-store.js';

/** An append that waits for its batch, already in the form in which it travels. */
export interface PendingAppend {
  readonly stream: string;
  readonly expected: ExpectedRevision;
  /** The revision that its first event gets. */
  readonly first: number;
  readonly count: number;
  readonly ids: readonly string[];
  /** Columns with one line per event. */
  readonly types: string;
  readonly recordedAt: string;
  readonly data: string;
  readonly metadata: string;
  /** Roughly what it adds to the batch, in bytes. */
  readonly size: number;
  readonly caller: Caller;
}

/** Who waits for the answer. */
export interface Caller {
  resolve(appended: Appended): void;
  reject(error: unknown): void;
}

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;
/** A line break would shift the columns of the batch; U+0000 and half a surrogate pair cannot be stored as text. */
const UNUSABLE = /[\p{Cc}\p{Cs}]/u;

function name(what: string, value: string): string {
  if (value === '' || UNUSABLE.test(value))
    throw new TypeError(`${what} must be text without control characters, got ${JSON.stringify(value)}.`);
  return value;
}

function check(event: NewEvent): void {
  name('The type of an event', event.type);
  if (!UUID.test(event.id)) throw new TypeError(`The id of an event must be a UUID, got ${JSON.stringify(event.id)}.`);
  if (!INSTANT.test(event.recordedAt))
    throw new TypeError(`recordedAt must be an instant in UTC, got ${JSON.stringify(event.recordedAt)}.`);
}

function json(value: unknown): string {
  const text = JSON.stringify(value);
  if (text === undefined) throw new TypeError('The data and metadata of an event must be JSON.');
  return text;
}

/** JSON never contains a line break of its own: inside strings it is escaped. */
const lines = (events: readonly NewEvent[], line: (event: NewEvent) => string) =>
  events.length === 1 ? line(events[0]!) : events.map(line).join('\n');

/**
 * Checks and encodes an append when it is asked for, so that neither a mistake nor a later change of the objects reaches the batch.
 * @throws TypeError for what cannot be stored.
 */
export function encodeAppend(
  stream: string,
  expected: ExpectedRevision,
  events: readonly NewEvent[],
  caller: Caller,
): PendingAppend {
  if (events.length === 0) throw new TypeError('An append needs at least one event.');
  name('The name of a stream', stream);
  for (const event of events) check(event);
  const data = lines(events, event => (event instanceof EncodedEvent ? event.encoded.data : json(event.data)));
  const metadata = lines(events, event =>
    event instanceof EncodedEvent ? event.encoded.metadata : json(event.metadata),
  );
  return {
    stream,
    expected,
    first: expected === 'noStream' ? 0 : Number(expected) + 1,
    count: events.length,
    ids: events.map(event => event.id.toLowerCase()),
    types: lines(events, event => event.type),
    recordedAt: lines(events, event => event.recordedAt),
    data,
    metadata,
    size: data.length + metadata.length + events.length * (stream.length + 100),
    caller,
  };
}
