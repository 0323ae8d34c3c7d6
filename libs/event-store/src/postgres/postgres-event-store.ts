import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { NewEvent, Position, RecordedEvent } from '#event-sourcing/event.js';
import type {
  Appended,
  EventStore,
  ExpectedRevision,
  Page,
  ReadAllOptions,
  ReadStreamOptions,
  StreamAppend,
} from '#event-sourcing/event-store.js';
import { storeTogether } from './append-together.js';
import { connectionLost, onceMore } from './failures.js';
import { GroupCommit } from './group-commit.js';
import { Announcer, Listener } from './notifications.js';
import { type PageQuery, readPage } from './pages.js';
import { type Caller, encodeAppend } from './pending-append.js';
import { createSchema, grantAppendAndRead, requireDurability } from './schema.js';
import { Streams } from './streams.js';
import { unlessAborted, WakeUp } from './wake-up.js';
import { Writer } from './writer.js';

export interface PostgresStoreOptions {
  /** Connections for reading; appends have one of their own, and so has listening. Default 10. */
  readonly readers?: number;
  /** How often a follower looks by itself, in ms, should it hear nothing. Default 500. */
  readonly pollEvery?: number;
  /** A role that gets the right to append and to read, and no other. */
  readonly applicationRole?: string;
  /** Told after each commit how many appends it took together. */
  readonly onCommit?: (appends: number) => void;
}

const DEFAULT_PAGE_SIZE = 1_000;
/** What is stored together is answered together, not each append by itself. */
const NOBODY: Caller = { resolve: () => undefined, reject: () => undefined };
/** Between attempts while the server is away, in ms. After a long outage a follower must go on within five seconds, not begin its last pause. */
const [SHORTEST_PAUSE, LONGEST_PAUSE] = [50, 1_000];

/**
 * All our statements go along an index and are prepared once. Without these settings Postgres would plan a batch anew each time
 * (measured: half of the time of a small one), and could plan for the empty table that it met at the first time.
 * A stricter isolation than ours would turn waiting for the head row into an error.
 */
const SESSION = [
  'plan_cache_mode=force_generic_plan',
  'enable_seqscan=off',
  'enable_bitmapscan=off',
  'jit=off',
  'default_transaction_isolation=read\\ committed',
]
  .map(setting => `-c ${setting}`)
  .join(' ');

/**
 * Opens the log in a Postgres database; creates its schema `event_store` where it is missing.
 * @throws Error when the server runs with `fsync=off` or `synchronous_commit=off`, or cannot be reached.
 */
export async function openPostgresStore(url: string, options: PostgresStoreOptions = {}): Promise<PostgresEventStore> {
  const connection = {
    connectionString: url,
    options: SESSION,
    application_name: 'event-store',
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    connectionTimeoutMillis: 10_000,
  };
  const { readers: max = 10, pollEvery = 500, applicationRole, onCommit } = options;
  const readers = openPool({ ...connection, max });
  try {
    await requireDurability(readers);
    await createSchema(readers);
    if (applicationRole !== undefined) await grantAppendAndRead(readers, applicationRole);
  } catch (error) {
    await readers.end();
    throw error;
  }
  const writer = new Writer(connection);
  return new PostgresEventStore({ readers, writer, connection, pollEvery, onCommit });
}

function openPool(config: pg.PoolConfig): pg.Pool {
  const pool = new pg.Pool(config);
  // An idle connection that breaks is replaced at the next use; without a listener it would end the process.
  pool.on('error', () => undefined);
  return pool;
}

/** The log in Postgres: group commit, contiguous positions in commit order, followers without gap or repeat. */
export class PostgresEventStore implements EventStore {
  private readonly wakeUp = new WakeUp();
  private readonly closing = new AbortController();
  private readonly appends: GroupCommit;
  private readonly streams: Streams;
  private readonly announcer: Announcer;
  private readonly listener: Listener;

  constructor(
    private readonly opened: {
      readonly readers: pg.Pool;
      readonly writer: Writer;
      readonly connection: pg.ClientConfig;
      readonly pollEvery: number;
      readonly onCommit?: (appends: number) => void;
    },
  ) {
    // Each reader listens to it; Node takes more than ten listeners for a leak.
    setMaxListeners(0, this.closing.signal);
    const name = randomUUID();
    this.streams = new Streams(opened.readers);
    this.announcer = new Announcer(opened.readers, name);
    this.listener = new Listener(opened.connection, name, this.wakeUp);
    this.appends = new GroupCommit(opened.writer, appends => this.committed(appends));
  }

  append(stream: string, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<Appended> {
    return new Promise((resolve, reject) => {
      if (this.closing.signal.aborted) throw new Error('The event store is closed.');
      this.appends.add(encodeAppend(stream, expected, events, { resolve, reject }));
    });
  }

  async appendTogether(appends: readonly StreamAppend[]): Promise<void> {
    if (appends.length === 0) return;
    await storeTogether(
      this.opened.writer,
      appends.map(({ stream, expected, events }) => encodeAppend(stream, expected, events, NOBODY)),
    );
    this.committed(appends.length);
  }

  readStream(stream: string, options: ReadStreamOptions = {}): AsyncIterable<RecordedEvent> {
    return this.streams.read(stream, options);
  }

  readAll(options: ReadAllOptions = {}): AsyncIterable<Page> {
    return this.pages(options, options.signal ?? this.closing.signal);
  }

  async *follow(options: ReadAllOptions): AsyncIterable<Page> {
    this.listener.start();
    const signal = options.signal ? AbortSignal.any([options.signal, this.closing.signal]) : this.closing.signal;
    let after = options.after ?? 0n;
    let pause = SHORTEST_PAUSE;
    while (!signal.aborted) {
      const mark = this.wakeUp.mark;
      try {
        for await (const page of this.pages({ ...options, after }, signal)) {
          after = page.upTo;
          yield page;
        }
        pause = SHORTEST_PAUSE;
        await this.wakeUp.wait(mark, this.opened.pollEvery, signal);
      } catch (error) {
        if (!connectionLost(error)) throw error;
        await sleep(pause, undefined, { signal }).catch(() => undefined);
        pause = Math.min(pause * 2, LONGEST_PAUSE);
      }
    }
  }

  async head(): Promise<Position> {
    const query = { name: 'head', text: 'select position from event_store.head' };
    const { rows } = await onceMore(() => this.opened.readers.query<{ position: string }>(query));
    return BigInt(rows[0]!.position);
  }

  /** Ends the followers, lets the appends that were asked for finish, and closes the connections. */
  async close(): Promise<void> {
    if (this.closing.signal.aborted) return;
    this.closing.abort();
    await this.appends.drained();
    await Promise.all([this.announcer.finished(), this.listener.close()]);
    await Promise.all([this.opened.writer.close(), this.opened.readers.end()]);
  }

  private committed(appends: number): void {
    this.opened.onCommit?.(appends);
    this.wakeUp.call();
    this.announcer.announce();
  }

  private async *pages(options: ReadAllOptions, signal: AbortSignal): AsyncGenerator<Page> {
    const { types, pageSize = DEFAULT_PAGE_SIZE } = options;
    const head = await unlessAborted(this.head(), signal);
    let after = options.after ?? 0n;
    if (head === undefined || after >= head) return;
    let next = this.page({ after, head, pageSize, types });
    while (after < head) {
      const page = await unlessAborted(next, signal);
      if (!page) return;
      after = page.upTo;
      // Fetched while the reader works on this one.
      if (after < head) next = this.page({ after, head, pageSize, types });
      yield page;
    }
  }

  private page(query: PageQuery): Promise<Page> {
    const page = readPage(this.opened.readers, query);
    // A reader who leaves does not wait for the page that was fetched ahead, nor for its failure.
    page.catch(() => undefined);
    return page;
  }
}
