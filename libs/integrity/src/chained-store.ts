import { EncodedEvent } from '#event-sourcing/encoded-event.js';
import type { NewEvent, RecordedEvent } from '#event-sourcing/event.js';
import {
  type Appended,
  type EventStore,
  type ExpectedRevision,
  PerhapsRepeated,
  type ReadAllOptions,
  type ReadStreamOptions,
  type StreamAppend,
  WrongExpectedRevision,
} from '#event-sourcing/event-store.js';
import { Recent } from '#event-sourcing/recent.js';
import { eventHash, type Hash, hashed } from './event-hash.js';
import { StreamTail } from './stream-tail.js';

/** Streams whose last hash is remembered, at least half of them; about 250 bytes each. */
const REMEMBERED = 20_000;

/**
 * A store whose streams are hash chains: every event carries the hash of what is stored of it, and that of the event before it. It
 * stands right before the adapter, so that what is hashed is what is stored.
 */
export class ChainedStore implements EventStore {
  private readonly tails = new Recent<StreamTail>(REMEMBERED);

  /** Of a store that can. Whoever takes over a log is alone: nothing else is under way in its streams. */
  readonly appendTogether?: (appends: readonly StreamAppend[]) => Promise<void>;

  constructor(private readonly store: EventStore) {
    if (store.appendTogether) this.appendTogether = appends => this.writeTogether(appends);
  }

  append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<Appended> {
    const tail = this.tailOf(stream);
    const known = expected === 'noStream' ? undefined : tail.at(expected);
    if (expected === 'noStream' || known) return this.write({ stream, expected, events }, tail, known);
    return this.findAndWrite({ stream, expected, events }, tail, expected);
  }

  /** Who reads a stream to its end is going to append there: the hash to follow on was just seen. */
  async *readStream(stream: string, options: ReadStreamOptions = {}): AsyncIterable<RecordedEvent> {
    let last: RecordedEvent | undefined;
    for await (const event of this.store.readStream(stream, options)) {
      last = event;
      yield event;
    }
    if (last && !options.backwards) this.tailOf(stream).moved(last.revision, last.metadata.hash ?? eventHash(last));
  }

  readAll(options?: ReadAllOptions) {
    return this.store.readAll(options);
  }

  follow(options: ReadAllOptions) {
    return this.store.follow(options);
  }

  head() {
    return this.store.head();
  }

  close() {
    return this.store.close();
  }

  private tailOf(stream: string): StreamTail {
    const known = this.tails.get(stream);
    if (known) return known;
    const tail = new StreamTail();
    this.tails.set(stream, tail);
    return tail;
  }

  /** Reaches the store in the same breath, so that it goes into the same batch as what else is appended. */
  private async write(append: StreamAppend, tail: StreamTail, previous: Hash | undefined): Promise<Appended> {
    const { stream, expected } = append;
    const chained = chain(append, previous);
    tail.begin();
    try {
      const appended = await this.store.append(stream, expected, chained.events);
      // What a repeat found may be another's, with the same ids but written at another time.
      if (appended instanceof PerhapsRepeated) tail.forget();
      else tail.moved(appended.revision, chained.last!);
      return appended;
    } finally {
      tail.end();
    }
  }

  /**
   * The event that is expected may only just be being written; what becomes of that is awaited. It may lose to another process, and then
   * this append would be chained to an event that does not exist.
   */
  private async findAndWrite(append: StreamAppend, tail: StreamTail, expected: bigint): Promise<Appended> {
    for (;;) {
      const known = tail.at(expected);
      if (known) return this.write(append, tail, known);
      const over = tail.over();
      if (!over) break;
      await over;
    }
    // Others who wait for the same stream come after it: what they expect may be what this append is going to write.
    tail.begin();
    try {
      return await this.write(append, tail, await this.find(append.stream, expected));
    } finally {
      tail.end();
    }
  }

  private async writeTogether(appends: readonly StreamAppend[]): Promise<void> {
    const last = await this.previousOf(appends);
    const chained = appends.map(append => {
      const { events, last: hash } = chain(append, last.get(append.stream));
      last.set(append.stream, hash);
      return { ...append, events };
    });
    await this.store.appendTogether!(chained);
    for (const { stream, expected, events } of appends)
      this.tailOf(stream).moved((expected === 'noStream' ? -1n : expected) + BigInt(events.length), last.get(stream)!);
  }

  /** What the first append to each stream follows on; asked for together. */
  private async previousOf(appends: readonly StreamAppend[]): Promise<Map<string, Hash | undefined>> {
    const firsts = new Map(appends.toReversed().map(({ stream, expected }) => [stream, expected]));
    const found = [...firsts].map(async ([stream, expected]) => {
      const hash =
        expected === 'noStream' ? undefined : (this.tailOf(stream).at(expected) ?? this.find(stream, expected));
      return [stream, await hash] as const;
    });
    return new Map(await Promise.all(found));
  }

  /** @throws WrongExpectedRevision when there is no event at that revision. */
  private async find(stream: string, revision: bigint): Promise<Hash> {
    let actual: ExpectedRevision = 'noStream';
    for await (const event of this.store.readStream(stream, { from: revision, backwards: true, limit: 1 })) {
      if (event.revision === revision) return eventHash(event);
      actual = event.revision;
    }
    throw new WrongExpectedRevision(stream, revision, actual);
  }
}

/** Events with their hashes, each with that of the one before it, and the last of the hashes. */
function chain(
  { stream, expected, events: given }: StreamAppend,
  previous: Hash | undefined,
): { readonly events: NewEvent[]; readonly last: Hash | undefined } {
  let revision = expected === 'noStream' ? 0 : Number(expected) + 1;
  let previousHash = previous;
  const events = given.map(event => {
    // In small letters, as Postgres returns it.
    const id = event.id.toLowerCase();
    const { type, recordedAt } = event;
    const { data, metadata, hash } = hashed(
      { id, type, recordedAt, data: event.data, metadata: event.metadata, stream, revision: revision++ },
      previousHash,
    );
    const hashes = previousHash ? `"hash":"${hash}","previousHash":"${previousHash}"` : `"hash":"${hash}"`;
    previousHash = hash;
    return new EncodedEvent({ id, type, recordedAt }, { data, metadata: `${metadata.slice(0, -1)},${hashes}}` });
  });
  return { events, last: previousHash };
}
