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
import { answered, collected, NoAnswer, type Patience, SubscriptionEnded } from './answered.js';

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

/** A client that is replaced when it seems stuck; finding the node that leads now is the client's own work. */
export class Connection {
  private current: KurrentDBClient;
  /**
   * Clients whose last read succeeded. From then on the reading half of a client recovers from most broken connections, but not from
   * all: one that has failed since gets no second chance, or it might fail for ever.
   */
  private readonly proven = new WeakSet<KurrentDBClient>();
  private closed = false;
  private readonly url: string;

  constructor(url: string) {
    // The older scheme is the same to the client, but makes it print a warning at every start.
    this.url = url.replace(/^esdb(\+discover)?:/, 'kurrentdb$1:');
    this.current = KurrentDBClient.connectionString(this.url);
  }

  get client(): KurrentDBClient {
    return this.current;
  }

  /** Calls, and calls again after a transient failure: only for what has the same effect when it is done twice. */
  async repeatable<T>(call: (client: KurrentDBClient) => Promise<T>, signal?: AbortSignal): Promise<T> {
    const giveUpAt = performance.now() + PATIENCE;
    for (let attempt = 1; ; attempt++) {
      const client = this.current;
      try {
        return await call(client);
      } catch (error) {
        if (!isTransient(error) || this.closed || performance.now() > giveUpAt) throw error;
        this.replaceIfStuck(client, error);
        await pauseAfter(attempt, signal);
      }
    }
  }

  /** A repeatable call that gets everything a read yields. */
  read<T>(open: (client: KurrentDBClient) => AsyncIterable<T>, patience: Patience = {}): Promise<T[]> {
    return this.repeatable(async client => {
      const found = await collected(open(client), patience);
      this.proven.add(client);
      return found;
    }, patience.signal);
  }

  /** Gives up a client after an error that it may have caused itself, unless somebody did so already. */
  replaceIfStuck(client: KurrentDBClient, error: unknown): void {
    if (this.closed || client !== this.current) return;
    if (this.proven.delete(client) && !unclear.some(kind => error instanceof kind)) return;
    this.current = KurrentDBClient.connectionString(this.url);
    client.dispose().catch(() => undefined);
  }

  async close(): Promise<void> {
    this.closed = true;
    await answered(this.current.dispose()).catch(() => undefined);
  }
}
