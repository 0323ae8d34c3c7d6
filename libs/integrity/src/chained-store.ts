import { EncodedEvent } from '#event-sourcing/encoded-event.js';
import type { NewEvent, RecordedEvent } from '#event-sourcing/event.js';
import {
  type Appended,
  type EventStore,
  type ExpectedRevision,
  PerhapsRepeated,
  type ReadAllOptions,
  type ReadStreamOptions,
  WrongExpectedRevision,
} from '#event-sourcing/event-store.js';
import { eventHash, type Hash, hashed } from './event-hash.js';
import { StreamEnds } from './stream-ends.js';

/** Appends to a stream that wait for their answer, and who waits for all of them. */
interface UnderWay {
  appends: number;
  readonly over: (() => void)[];
}

/** Streams whose last hash is remembered; about 250 bytes each, and at most twice as many. */
const REMEMBERED = 10_000;

/**
 * A store whose streams are hash chains: every event carries the hash of what is stored of it, and that of the event before it. It
 * stands right before the adapter, so that what is hashed is what is stored.
 */
export class ChainedStore implements EventStore {
  private readonly ends = new StreamEnds(REMEMBERED);
  private readonly underWay = new Map<string, UnderWay>();

  constructor(private readonly store: EventStore) {}

  append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<Appended> {
    const known = expected === 'noStream' ? undefined : this.ends.at(stream, expected);
    if (expected === 'noStream' || known) return this.write(stream, expected, events, known);
    return this.findAndWrite(stream, expected, events);
  }

  readStream(stream: string, options?: ReadStreamOptions): AsyncIterable<RecordedEvent> {
    return this.store.readStream(stream, options);
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

  /** Reaches the store in the same breath, so that it goes into the same batch as what else is appended. */
  private async write(
    stream: string,
    expected: ExpectedRevision,
    events: readonly NewEvent[],
    previous: Hash | undefined,
  ): Promise<Appended> {
    const chained = chain(stream, expected, events, previous);
    const underWay = this.begin(stream);
    try {
      const appended = await this.store.append(stream, expected, chained.events);
      // What a repeat found may be another's, with the same ids but written at another time.
      if (appended instanceof PerhapsRepeated) this.ends.forget(stream);
      else this.ends.remember(stream, appended.revision, chained.last!);
      return appended;
    } finally {
      this.end(stream, underWay);
    }
  }

  /**
   * The event that is expected may only just be being written; what becomes of that is awaited. It may lose to another process, and then
   * this append would be chained to an event that does not exist.
   */
  private async findAndWrite(stream: string, expected: bigint, events: readonly NewEvent[]): Promise<Appended> {
    for (;;) {
      const known = this.ends.at(stream, expected);
      if (known) return this.write(stream, expected, events, known);
      const underWay = this.underWay.get(stream);
      if (!underWay) break;
      await new Promise<void>(wake => underWay.over.push(wake));
    }
    // Others who wait for the same stream come after it: what they expect may be what this append is going to write.
    const underWay = this.begin(stream);
    try {
      return await this.write(stream, expected, events, await this.find(stream, expected));
    } finally {
      this.end(stream, underWay);
    }
  }

  private begin(stream: string): UnderWay {
    const underWay = this.underWay.get(stream) ?? { appends: 0, over: [] };
    if (underWay.appends++ === 0) this.underWay.set(stream, underWay);
    return underWay;
  }

  private end(stream: string, underWay: UnderWay): void {
    if (--underWay.appends > 0) return;
    this.underWay.delete(stream);
    for (const wake of underWay.over) wake();
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
  stream: string,
  expected: ExpectedRevision,
  given: readonly NewEvent[],
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
