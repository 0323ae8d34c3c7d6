import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { WakeUp } from './wake-up.js';

const CHANNEL = 'event_store';
const LONGEST_PAUSE = 1_000;
/** Followers in other processes hear of an append within this time; more calls than that would only cost the server. */
const BETWEEN_CALLS = 50;

/**
 * Tells other processes that something was appended: after the commit, because `NOTIFY` inside it would make all commits queue,
 * and at most one call in flight. A lost one costs a follower one polling interval.
 */
export class Announcer {
  private wanted = false;
  private calling: Promise<void> | undefined;

  /** @param name Tells the listener of the same process what it need not hear. */
  constructor(
    private readonly pool: pg.Pool,
    private readonly name: string,
  ) {}

  announce(): void {
    this.wanted = true;
    this.calling ??= this.callWhileWanted();
  }

  async finished(): Promise<void> {
    await this.calling;
  }

  private async callWhileWanted(): Promise<void> {
    while (this.wanted) {
      this.wanted = false;
      // A notification counts as a write, and would wait for the disk like one.
      const call = `select set_config('synchronous_commit', 'off', true), pg_notify('${CHANNEL}', $1)`;
      await this.pool.query({ name: 'announce', text: call, values: [this.name] }).catch(() => undefined);
      await sleep(BETWEEN_CALLS);
    }
    this.calling = undefined;
  }
}

/** Hears the announcements of the other processes, on a connection of its own that is made again whenever it breaks. */
export class Listener {
  private readonly stop = new AbortController();
  private running: Promise<void> | undefined;

  constructor(
    private readonly connection: pg.ClientConfig,
    private readonly name: string,
    private readonly wakeUp: WakeUp,
  ) {}

  /** Starts listening; again does nothing. */
  start(): void {
    this.running ??= this.run();
  }

  async close(): Promise<void> {
    this.stop.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    let pause = 50;
    while (!this.stop.signal.aborted) {
      const heardSomething = await this.listen().catch(() => false);
      pause = heardSomething ? 50 : Math.min(pause * 2, LONGEST_PAUSE);
      await sleep(pause, undefined, { signal: this.stop.signal }).catch(() => undefined);
    }
  }

  /** Until the connection ends; whether it had been made at all. */
  private async listen(): Promise<boolean> {
    const client = new pg.Client(this.connection);
    // Ends with the connection: the listeners of those that broke would pile up.
    const over = new AbortController();
    const ended = new Promise<void>(resolve => {
      client.on('error', () => resolve());
      client.on('end', () => resolve());
      this.stop.signal.addEventListener('abort', () => resolve(), { once: true, signal: over.signal });
    });
    try {
      await client.connect();
      client.on('notification', ({ payload }) => {
        if (payload !== this.name) this.wakeUp.call();
      });
      await client.query(`listen ${CHANNEL}`);
      // Whatever was announced before we listened went by unheard.
      this.wakeUp.call();
      await ended;
      return true;
    } finally {
      over.abort();
      await client.end().catch(() => undefined);
    }
  }
}
