import {
  BACKWARDS,
  END,
  excludeSystemEvents,
  FORWARDS,
  type KurrentDBClient,
  type ReadStreamOptions as ReadOptions,
  START,
  StreamNotFoundError,
  WrongExpectedVersionError,
} from '@kurrent/kurrentdb-client';
import type { NewEvent, Position, RecordedEvent } from '#event-sourcing/event.js';
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
import { answered, answerTimeoutOf, NoAnswer, type Patience } from './answered.js';
import { Connection, isTransient, pauseAfter, repeated } from './connection.js';
import { liveEvents } from './live-events.js';
import { DEFAULT_PAGE_SIZE, pagesTo, SCAN_TIMEOUT } from './log-pages.js';
import { fromStored, toStored } from './stored-event.js';
import { WriteGate } from './write-gate.js';

const STREAM_PAGE_SIZE = 1_000n;
/** What one connection takes without danger is not enough for many writers; at most as many are opened as are needed. */
const WRITES = { connections: 4, atOnce: 15 };

const fromState = (state: unknown): ExpectedRevision => (typeof state === 'bigint' ? state : 'noStream');

/** EventStoreDB 22.6 and later, and KurrentDB. A `Position` is the commit position. */
export class KurrentdbEventStore implements EventStore {
  private readonly closing = new AbortController();
  private readonly connections: readonly Connection[];
  private readonly gate = new WriteGate(WRITES, error => error instanceof NoAnswer);
  private readonly patience: Patience;

  constructor(url: string) {
    const { signal } = this.closing;
    this.connections = Array.from({ length: WRITES.connections }, () => new Connection(url, signal));
    this.patience = { timeout: answerTimeoutOf(url) };
  }

  async append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<Appended> {
    if (events.length === 0) throw new Error('An append needs at least one event.');
    const stored = events.map(toStored);
    // The client ignores an option that it does not know, and then expects nothing: it is `streamState`, nothing else.
    const options = { streamState: expected === 'noStream' ? ('no_stream' as const) : expected, requiresLeader: true };
    try {
      // Repeatable, since the server recognises the ids at the expected revision. To a repeat that overtakes the first
      // attempt it may not answer at all, and expects yet another one.
      const { nextExpectedRevision: revision, position } = await repeated(
        () => this.write(client => client.appendToStream(stream, stored, options)),
        this.closing.signal,
      );
      if (!position) throw new Error(`The event store did not say where revision ${revision} of ${stream} stands.`);
      // The server answers a repeat like the first time, so every answer may be one.
      return new PerhapsRepeated(revision, position.commit);
    } catch (error) {
      if (error instanceof WrongExpectedVersionError)
        throw new WrongExpectedRevision(stream, expected, fromState(error.actualState));
      throw error;
    }
  }

  async *readStream(stream: string, options: ReadStreamOptions = {}): AsyncIterable<RecordedEvent> {
    const { backwards = false } = options;
    let from = options.from;
    let left = BigInt(options.limit ?? Number.MAX_SAFE_INTEGER);
    while (left > 0n) {
      const maxCount = left < STREAM_PAGE_SIZE ? left : STREAM_PAGE_SIZE;
      const events = await this.streamPage(stream, from, backwards, maxCount);
      yield* events;
      const last = events.at(-1);
      if (!last || BigInt(events.length) < maxCount || (backwards && last.revision === 0n)) return;
      left -= maxCount;
      from = last.revision + (backwards ? -1n : 1n);
    }
  }

  async *readAll(options: ReadAllOptions = {}): AsyncIterable<Page> {
    try {
      yield* pagesTo(await this.head(options.signal), this.connection, options);
    } catch (error) {
      if (!options.signal?.aborted) throw error;
    }
  }

  async *follow(options: ReadAllOptions): AsyncIterable<Page> {
    const signal = options.signal ? AbortSignal.any([options.signal, this.closing.signal]) : this.closing.signal;
    let after = options.after ?? 0n;
    let failures = 0;
    while (!signal.aborted) {
      const { client } = this.connection;
      try {
        for await (const page of this.pagesFrom({ ...options, after, signal })) {
          after = page.upTo;
          failures = 0;
          yield page;
        }
      } catch (error) {
        if (signal.aborted) return;
        if (!isTransient(error)) throw error;
        this.connection.replaceIfStuck(client, error);
        await pauseAfter(++failures, signal).catch(() => undefined);
      }
    }
  }

  async head(signal?: AbortSignal): Promise<Position> {
    const range = { direction: BACKWARDS, fromPosition: END, maxCount: 1, filter: excludeSystemEvents() } as const;
    const patience = { timeout: SCAN_TIMEOUT, signal };
    const [last] = await this.connection.read(client => client.readAll({ ...range, requiresLeader: true }), patience);
    return last ? fromStored(last).position : 0n;
  }

  async close(): Promise<void> {
    this.closing.abort();
    await Promise.all(this.connections.map(connection => connection.close()));
  }

  /** The connection for everything but appends, which share it while they are few. */
  private get connection(): Connection {
    return this.connections[0]!;
  }

  private write<T>(call: (client: KurrentDBClient) => Promise<T>): Promise<T> {
    return this.gate.run(number => this.connections[number]!.once(client => answered(call(client), this.patience)));
  }

  /** The log behind `after`, and then live, until something fails. */
  private async *pagesFrom(options: ReadAllOptions & { after: Position; signal: AbortSignal }): AsyncIterable<Page> {
    const { types, pageSize = DEFAULT_PAGE_SIZE, signal } = options;
    let { after } = options;
    for await (const page of this.readAll(options)) {
      after = page.upTo;
      yield page;
    }
    if (signal.aborted) return;
    for await (const events of liveEvents(this.connection.client, after, pageSize, signal))
      yield { events: events.filter(({ type }) => !types || types.includes(type)), upTo: events.at(-1)!.position };
  }

  private async streamPage(stream: string, from: bigint | undefined, backwards: boolean, maxCount: bigint) {
    try {
      const range: ReadOptions = {
        direction: backwards ? BACKWARDS : FORWARDS,
        fromRevision: from ?? (backwards ? END : START),
        maxCount,
        requiresLeader: true,
      };
      const read = await this.connection.read(client => client.readStream(stream, range), this.patience);
      return read.map(fromStored);
    } catch (error) {
      if (error instanceof StreamNotFoundError) return [];
      throw error;
    }
  }
}

/**
 * Opens a log in EventStoreDB (22.6 or later) or KurrentDB. Connects with the first call.
 * @param url A connection string: `kurrentdb://`, `kurrentdb+discover://`, `esdb://` or `esdb+discover://`.
 */
export const openKurrentdbStore = (url: string): EventStore => new KurrentdbEventStore(url);
