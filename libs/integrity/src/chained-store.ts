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
import { eventHash, type Hash } from './event-hash.js';
import { StreamEnds } from './stream-ends.js';

/** Streams whose last hash is remembered; about 250 bytes each. */
const REMEMBERED = 20_000;

/**
 * A store whose streams are hash chains: every event carries the hash of what is stored of it, and that of the event before it. It
 * stands right before the adapter, so that what is hashed is what is stored.
 */
export class ChainedStore implements EventStore {
  private readonly ends = new StreamEnds(REMEMBERED);
  /** Streams that are being appended to, and when that will be over. */
  private readonly underWay = new Map<string, Promise<unknown>>();

  constructor(private readonly store: EventStore) {}

  append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<Appended> {
    const earlier = this.underWay.get(stream);
    const known = expected === 'noStream' ? undefined : this.ends.at(stream, expected);
    const appending =
      expected === 'noStream' || known
        ? this.write(stream, expected, events, known)
        : this.findAndWrite(stream, expected, events, earlier);
    const over = Promise.allSettled([earlier, appending]).then(() => {
      if (this.underWay.get(stream) === over) this.underWay.delete(stream);
    });
    this.underWay.set(stream, over);
    return appending;
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
    const appended = await this.store.append(stream, expected, chained);
    // What a repeat found may be another's, with the same ids but written at another time.
    if (appended instanceof PerhapsRepeated) this.ends.forget(stream);
    else this.ends.remember(stream, appended.revision, chained.at(-1)!.metadata.hash!);
    return appended;
  }

  /**
   * The event that is expected may only just be being written; what becomes of that is awaited. It may lose to another process, and then
   * this append would be chained to an event that does not exist.
   */
  private async findAndWrite(
    stream: string,
    expected: bigint,
    events: readonly NewEvent[],
    earlier: Promise<unknown> | undefined,
  ): Promise<Appended> {
    await earlier;
    return this.write(stream, expected, events, this.ends.at(stream, expected) ?? (await this.find(stream, expected)));
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

/** Events with their hashes, each with that of the one before it. */
function chain(
  stream: string,
  expected: ExpectedRevision,
  events: readonly NewEvent[],
  previous: Hash | undefined,
): NewEvent[] {
  const first = expected === 'noStream' ? 0 : Number(expected) + 1;
  let previousHash = previous;
  return events.map((event, at) => {
    const { hash: _, previousHash: __, ...given } = event.metadata;
    const metadata = previousHash ? { ...given, previousHash } : given;
    // As Postgres returns it.
    const id = event.id.toLowerCase();
    const hash = eventHash({ ...event, id, stream, revision: first + at, metadata });
    previousHash = hash;
    return { ...event, id, metadata: { ...metadata, hash } };
  });
}
