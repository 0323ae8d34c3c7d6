import { setTimeout as delay } from 'node:timers/promises';
import {
  CancelledError,
  DeadlineExceededError,
  KurrentDBClient,
  NotLeaderError,
  TimeoutError,
  UnavailableError,
  UnknownError,
} from '@kurrent/kurrentdb-client';
import { answered, NoAnswer, type Patience, SubscriptionEnded, taken } from './answered.js';

/** How long a call is repeated while the server cannot be reached, in ms. */
const PATIENCE = 10_000;
const FIRST_PAUSE = 20;
const LONGEST_PAUSE = 1_000;

/** After these the client itself may be what is broken. */
const unclear = [NoAnswer, UnknownError];
const transient = [
  ...unclear,
  SubscriptionEnded,
  UnavailableError,
  CancelledError,
  DeadlineExceededError,
  TimeoutError,
  NotLeaderError,
];

/** CANCELLED, DEADLINE_EXCEEDED, ABORTED, INTERNAL, UNAVAILABLE: while connecting, the client throws gRPC's errors as they are. */
const transientCodes: readonly unknown[] = [1, 4, 10, 13, 14];

/** Whether the same call may succeed a moment later. */
export const isTransient = (error: unknown) =>
  transient.some(kind => error instanceof kind) ||
  (error instanceof Error && 'code' in error && transientCodes.includes(error.code));

/** Waits before attempt `attempt` (from 1) is repeated: longer each time, at most a second. */
export const pauseAfter = (attempt: number, signal?: AbortSignal) =>
  delay(Math.min(FIRST_PAUSE * 2 ** (attempt - 1), LONGEST_PAUSE), undefined, { signal });

/**
 * Calls, and calls again after a transient failure: only for what has the same effect when it is done twice.
 * @param closing Aborted when nobody shall go on.
 */
export async function repeated<T>(call: () => Promise<T>, closing: AbortSignal, signal?: AbortSignal): Promise<T> {
  const giveUpAt = performance.now() + PATIENCE;
  for (let attempt = 1; ; attempt++) {
    try {
      return await call();
    } catch (error) {
      if (!isTransient(error) || closing.aborted || performance.now() > giveUpAt) throw error;
      await pauseAfter(attempt, signal);
    }
  }
}

/** A client that is replaced when it seems stuck; finding the node that leads now is the client's own work. */
export class Connection {
  private current: KurrentDBClient;
  /**
   * Clients whose last read succeeded. From then on the reading half of a client recovers from most broken connections, but not from
   * all: one that has failed since gets no second chance, or it might fail for ever.
   */
  private readonly proven = new WeakSet<KurrentDBClient>();
  private readonly url: string;

  /** @param closing Aborted when the connection is about to be closed. */
  constructor(
    url: string,
    private readonly closing: AbortSignal,
  ) {
    // The older scheme is the same to the client, but makes it print a warning at every start.
    this.url = url.replace(/^esdb(\+discover)?:/, 'kurrentdb$1:');
    this.current = KurrentDBClient.connectionString(this.url);
  }

  get client(): KurrentDBClient {
    return this.current;
  }

  /** @throws what the call throws; after that it may be repeated over a new client. */
  async once<T>(call: (client: KurrentDBClient) => Promise<T>): Promise<T> {
    const client = this.current;
    try {
      return await call(client);
    } catch (error) {
      if (isTransient(error)) this.replaceIfStuck(client, error);
      throw error;
    }
  }

  /** A repeatable call that gets everything a read yields. */
  async read<T>(open: (client: KurrentDBClient) => AsyncIterable<T>, patience: Patience = {}): Promise<T[]> {
    let found: T[] = [];
    const openAnew = (client: KurrentDBClient) => {
      found = [];
      return open(client);
    };
    await this.readInto(openAnew, item => found.push(item), patience);
    return found;
  }

  /** Hands on what a read yields as it comes. When the read breaks it is opened again, to go on from where it came to. */
  readInto<T>(
    open: (client: KurrentDBClient) => AsyncIterable<T>,
    take: (item: T) => void,
    patience: Patience = {},
  ): Promise<void> {
    const read = async (client: KurrentDBClient) => {
      await taken(open(client), take, patience);
      this.proven.add(client);
    };
    return repeated(() => this.once(read), this.closing, patience.signal);
  }

  /** Gives up a client after an error that it may have caused itself, unless somebody did so already. */
  replaceIfStuck(client: KurrentDBClient, error: unknown): void {
    if (this.closing.aborted || client !== this.current) return;
    if (this.proven.delete(client) && !unclear.some(kind => error instanceof kind)) return;
    this.current = KurrentDBClient.connectionString(this.url);
    client.dispose().catch(() => undefined);
  }

  async close(): Promise<void> {
    await answered(this.current.dispose()).catch(() => undefined);
  }
}
