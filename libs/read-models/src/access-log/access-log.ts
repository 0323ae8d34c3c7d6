import { AsyncResource } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Instant } from '#event-sourcing/event.js';
import { refuse } from '#event-sourcing/refusal.js';
import type { Database } from '#projections/database.js';
import type { Log } from '#projections/log.js';
import { insertEntries, pruneEntries } from './access-log.table.js';

/** Who looked at what, or sent which command, when and from where. */
export interface Access {
  readonly at: Instant;
  readonly actorId: string;
  /** The roles of that moment. */
  readonly role: string;
  readonly onBehalfOf?: string;
  /** `query customer`, `mutation advanceStage`, `crm replay`. */
  readonly operation: string;
  /** The personal fields that were asked for, `Contact.email`. */
  readonly fields: readonly string[];
  /** Which record or filter, without texts. */
  readonly arguments: object;
  /** Ids of what was answered, the first 100. */
  readonly records: readonly string[];
  /** How many records were answered; absent where nobody can count them: a subscription. */
  readonly rows?: number;
  /** `ok`, or the code of the refusal. */
  readonly outcome: string;
  readonly correlationId: string;
  /** Of the client; absent on the command line. */
  readonly address?: string;
}

export type Entry = Access & { readonly id: string };

export interface AccessLogOptions {
  /** How long entries are kept; `ACCESS_LOG_DAYS`. */
  readonly days: number;
  readonly log: Log;
  /** Entries that may wait for the database; default 10,000. */
  readonly capacity?: number;
  /** How long a read waits for room, and the end for the last entries, in ms; default 5,000. */
  readonly patienceMs?: number;
}

/** What is not written first and was read in the last moment before a crash leaves no trace; if each read waited for the disk, it would cost ten times as much. */
const LINGER_MS = 100;
const BATCH = 500;
const LONGEST_PAUSE_MS = 1_000;
const DAY_MS = 86_400_000;
/** Postgres's class of errors of the data itself: to repeat it is useless. */
const BAD_DATA = /^22/;

/**
 * The trace of reads, apart from the domain log because it is to be forgotten after a while. Entries wait in memory and are written
 * together. While they cannot be written they wait on, and when too many wait, no more personal data is read: nothing is lost in silence.
 */
export class AccessLog {
  private waiting: Entry[] = [];
  private writing?: Promise<void>;
  /** Outside of the conversation that happens to start it: what it logs is about all that wait. */
  private readonly begin = AsyncResource.bind(() => this.write());
  private readonly pruning: NodeJS.Timeout;
  private closing = false;
  private readonly freed = new Set<() => void>();

  constructor(
    private readonly database: Database,
    private readonly options: AccessLogOptions,
  ) {
    this.pruning = setInterval(() => void this.prune(), DAY_MS).unref();
    void this.prune();
  }

  /** Entries that have not been written yet. */
  get backlog(): number {
    return this.waiting.length;
  }

  /** Whether another entry has room. */
  get hasRoom(): boolean {
    return this.backlog < this.capacity;
  }

  /** Before personal data is read: waits until its trace has room. @throws Refusal ACCESS_LOG_FULL when none comes. */
  async room(): Promise<void> {
    if (this.hasRoom) return;
    let came = () => {};
    const freed = new Promise<void>(resolve => {
      came = resolve;
      this.freed.add(resolve);
    });
    const patience = new AbortController();
    const late = sleep(this.patience, undefined, { signal: patience.signal, ref: false }).catch(() => undefined);
    await Promise.race([freed, late]);
    patience.abort();
    this.freed.delete(came);
    if (!this.hasRoom)
      throw refuse(
        'ACCESS_LOG_FULL',
        'Who reads this has to be written down, which is not possible now. Try again later.',
      );
  }

  /** Keeps an entry; it is written within moments. Commands are not held up by it: far beyond the room, theirs go to the process's log. */
  note(access: Access): void {
    const entry = { ...access, id: randomUUID() };
    if (this.backlog >= 2 * this.capacity) {
      this.report(entry, 'The access log has no room for an entry.');
      return;
    }
    this.waiting.push(entry);
    this.writing ??= this.begin().finally(() => {
      this.writing = undefined;
    });
  }

  /** Writes an entry at once, before what it tells of is done. */
  async noteFirst(access: Access): Promise<void> {
    await this.insert([{ ...access, id: randomUUID() }]);
  }

  /** Writes an entry before its answer is sent. While that is impossible it waits like all others, for which there has to be room. */
  async noteBeforeAnswer(access: Access): Promise<void> {
    try {
      await this.noteFirst(access);
    } catch (error) {
      this.options.log.warn({ err: error }, 'An entry of the access log cannot be written at once; it waits.');
      this.note(access);
    }
  }

  /** Resolves when everything noted so far stands in the database. */
  async flushed(): Promise<void> {
    await this.writing;
  }

  /** Writes what waits, for as long as its patience lasts; what remains then goes to the process's log. */
  async close(): Promise<void> {
    clearInterval(this.pruning);
    this.closing = true;
    const patience = new AbortController();
    await Promise.race([
      this.writing,
      sleep(this.patience, undefined, { signal: patience.signal }).catch(() => undefined),
    ]);
    patience.abort();
    for (const entry of this.waiting.splice(0)) this.report(entry, 'An entry of the access log could not be written.');
  }

  private get capacity(): number {
    return this.options.capacity ?? 10_000;
  }

  private get patience(): number {
    return this.options.patienceMs ?? 5_000;
  }

  private async write(): Promise<void> {
    for (let failures = 0; this.waiting.length > 0; ) {
      if (!this.closing) await sleep(failures ? Math.min(LINGER_MS * 2 ** failures, LONGEST_PAUSE_MS) : LINGER_MS);
      const batch = this.waiting.slice(0, BATCH);
      try {
        await this.insert(batch);
        this.waiting.splice(0, batch.length);
        for (const free of this.freed) free();
        failures = 0;
      } catch (error) {
        if (failures++ === 0)
          this.options.log.warn({ err: error, waiting: this.backlog }, 'The access log cannot be written; it waits.');
        if (this.closing && failures > 3) return;
      }
    }
  }

  /** A batch that holds something Postgres cannot store is written one by one. */
  private async insert(batch: readonly Entry[]): Promise<void> {
    try {
      await insertEntries(this.database, batch);
    } catch (error) {
      if (!BAD_DATA.test(String((error as { code?: unknown }).code))) throw error;
      if (batch.length === 1) this.report(batch[0]!, 'An entry of the access log cannot be stored.', error);
      else for (const entry of batch) await this.insert([entry]);
    }
  }

  private report(entry: Entry, message: string, error?: unknown): void {
    this.options.log.error({ entry, err: error }, message);
  }

  private async prune(): Promise<void> {
    try {
      await pruneEntries(this.database, this.options.days);
    } catch (error) {
      if (!this.closing) this.options.log.warn({ err: error }, 'Old entries of the access log could not be dropped.');
    }
  }
}
