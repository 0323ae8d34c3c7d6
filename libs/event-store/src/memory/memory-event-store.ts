import { EventEmitter, once } from 'node:events';
import type { NewEvent, RecordedEvent } from '#event-sourcing/event.js';
import {
  type Appended,
  type EventStore,
  type ExpectedRevision,
  type Page,
  PerhapsRepeated,
  type ReadAllOptions,
  type ReadStreamOptions,
  WrongExpectedRevision,
} from '#event-sourcing/event-store.js';

const DEFAULT_PAGE_SIZE = 1_000;

/** Frozen to the bottom: an event that a test altered in place would falsify the history of the next one. */
function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const part of Object.values(value)) freeze(part);
    Object.freeze(value);
  }
  return value;
}

/** The log in this process's memory, for tests. Positions count events from 1. */
export class MemoryEventStore implements EventStore {
  private readonly log: RecordedEvent[] = [];
  private readonly streams = new Map<string, RecordedEvent[]>();
  private readonly changes = new EventEmitter().setMaxListeners(0);

  /** @param clock Milliseconds since 1970, for `storedAt`. */
  constructor(private readonly clock: () => number = Date.now) {}

  async append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<Appended> {
    if (events.length === 0) throw new Error('An append needs at least one event.');
    const stored = this.streams.get(stream) ?? [];
    const actual = BigInt(stored.length) - 1n;
    const before = expected === 'noStream' ? -1n : expected;
    if (before !== actual && !this.isRepeat(stored, before, events))
      throw new WrongExpectedRevision(stream, expected, actual < 0n ? 'noStream' : actual);
    if (before === actual) this.record(stream, stored, events);
    const last = stored[Number(before) + events.length]!;
    if (before !== actual) return new PerhapsRepeated(last.revision, last.position);
    return { revision: last.revision, position: last.position };
  }

  async *readStream(stream: string, options: ReadStreamOptions = {}): AsyncIterable<RecordedEvent> {
    const { from, backwards = false, limit = Number.POSITIVE_INFINITY } = options;
    const stored = this.streams.get(stream) ?? [];
    const found = backwards
      ? stored.slice(0, from === undefined ? undefined : Number(from) + 1).reverse()
      : stored.slice(Number(from ?? 0n));
    yield* found.slice(0, limit);
  }

  async *readAll(options: ReadAllOptions = {}): AsyncIterable<Page> {
    const head = await this.head();
    let after = options.after ?? 0n;
    while (after < head && !options.signal?.aborted) {
      const page = this.page(after, head, options);
      after = page.upTo;
      yield page;
    }
  }

  async *follow(options: ReadAllOptions): AsyncIterable<Page> {
    const stop = new AbortController();
    const signal = options.signal ? AbortSignal.any([options.signal, stop.signal]) : stop.signal;
    let after = options.after ?? 0n;
    try {
      while (!signal.aborted) {
        // Listening begins before reading, so that nothing is appended unnoticed in between.
        const changed = once(this.changes, 'appended', { signal }).catch(() => undefined);
        for await (const page of this.readAll({ ...options, after })) {
          after = page.upTo;
          yield page;
        }
        await changed;
      }
    } finally {
      stop.abort();
    }
  }

  async head(): Promise<bigint> {
    return BigInt(this.log.length);
  }

  async close(): Promise<void> {}

  private isRepeat(stored: readonly RecordedEvent[], before: bigint, events: readonly NewEvent[]): boolean {
    return events.every((event, index) => stored[Number(before) + 1 + index]?.id === event.id);
  }

  private record(stream: string, stored: RecordedEvent[], events: readonly NewEvent[]): void {
    const storedAt = new Date(this.clock()).toISOString();
    // Through JSON, so that what would not survive a real store does not survive here either.
    for (const event of JSON.parse(JSON.stringify(events)) as NewEvent[]) {
      const [revision, position] = [BigInt(stored.length), BigInt(this.log.length + 1)];
      const recorded = freeze({ ...event, stream, revision, position, storedAt });
      stored.push(recorded);
      this.log.push(recorded);
    }
    this.streams.set(stream, stored);
    this.changes.emit('appended');
  }

  /** The next page behind `after`, at most to `head`: full, or with `upTo` at the head. */
  private page(after: bigint, head: bigint, { types, pageSize = DEFAULT_PAGE_SIZE }: ReadAllOptions): Page {
    const events: RecordedEvent[] = [];
    let upTo = after;
    while (upTo < head && events.length < pageSize) {
      const event = this.log[Number(upTo++)]!;
      if (!types || types.includes(event.type)) events.push(event);
    }
    return { events, upTo };
  }
}
