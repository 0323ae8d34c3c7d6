import { AsyncResource } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
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
  /** Entries of commands that may wait for the database; default 20,000. */
  readonly capacity?: number;
  /** How long a read waits for its trace, and the end for the last entries, in ms; default 5,000. */
  readonly patienceMs?: number;
}

/** How long entries for which nobody waits are gathered; also the first pause when they cannot be written. */
const LINGER_MS = 100;
const BATCH = 500;
const LONGEST_PAUSE_MS = 1_000;
const DAY_MS = 86_400_000;
/** Postgres's class of errors of the data itself: to repeat it is useless. */
const BAD_DATA = /^22/;

/** Told when an entry stands in the database, or why it never will. */
type Settle = (error?: unknown) => void;
const nobody: Settle = () => {};

/**
 * The trace of reads, apart from the domain log because it is to be forgotten after a while. One statement is under way at a time, and
 * the next one takes all entries that came meanwhile: so a read waits for its trace, and many who read together for one flush of the
 * disk. While nothing can be written entries wait, those of commands for ever and those of reads as long as their readers.
 */
export class AccessLog {
  /** In the order in which they came. */
  private readonly waiting = new Map<Entry, Settle>();
  private writing?: Promise<void>;
  /** Outside of the conversation that happens to start it: what it logs is about all that wait. */
  private readonly begin = AsyncResource.bind(() => this.write());
  private lingering = new AbortController();
  private readonly pruning: NodeJS.Timeout;
  private closing = false;

  constructor(
    private readonly database: Pick<Database, 'pool'>,
    private readonly options: AccessLogOptions,
  ) {
    this.pruning = setInterval(() => void this.prune(), DAY_MS).unref();
    void this.prune();
  }

  /** Entries that have not been written yet. */
  get backlog(): number {
    return this.waiting.size;
  }

  /**
   * Resolves when the entry stands in the database: before an answer is sent that it tells of.
   * @throws Refusal ACCESS_LOG_UNAVAILABLE, with a reference, when it cannot be written: there must be no answer then.
   */
  async written(access: Access): Promise<void> {
    const entry = { ...access, id: randomUUID() };
    try {
      await new Promise<void>((resolve, reject) => {
        const late = setTimeout(() => reject(new Error('It took too long.')), this.patience);
        this.add(entry, error => {
          clearTimeout(late);
          if (error) reject(error);
          else resolve();
        });
        this.lingering.abort();
      });
    } catch (error) {
      // Nobody was answered, so nothing is to be told either.
      this.waiting.delete(entry);
      this.options.log.error(
        { reference: entry.id, operation: access.operation, err: error },
        'A read left no trace; it was refused.',
      );
      throw unavailable(entry.id);
    }
  }

  /** Keeps an entry; it is written within moments. For what is done already: when too many wait, it goes to the process's log. */
  note(access: Access): void {
    const entry = { ...access, id: randomUUID() };
    if (this.backlog < this.capacity) this.add(entry, nobody);
    else this.report(entry, 'The access log has no room for an entry.');
  }

  /** Resolves when everything noted so far stands in the database. */
  async flushed(): Promise<void> {
    this.lingering.abort();
    await this.writing;
  }

  /** Writes what waits, for as long as its patience lasts; what remains then goes to the process's log. */
  async close(): Promise<void> {
    clearInterval(this.pruning);
    this.closing = true;
    this.lingering.abort();
    const patience = new AbortController();
    await Promise.race([
      this.writing,
      sleep(this.patience, undefined, { signal: patience.signal }).catch(() => undefined),
    ]);
    patience.abort();
    for (const entry of [...this.waiting.keys()]) {
      this.report(entry, 'An entry of the access log could not be written.');
      this.settle(entry, new Error('The access log was closed.'));
    }
  }

  private get capacity(): number {
    return this.options.capacity ?? 20_000;
  }

  private get patience(): number {
    return this.options.patienceMs ?? 5_000;
  }

  private add(entry: Entry, settle: Settle): void {
    this.waiting.set(entry, settle);
    this.writing ??= this.begin().finally(() => {
      this.writing = undefined;
    });
  }

  private settle(entry: Entry, error?: unknown): void {
    this.waiting.get(entry)?.(error);
    this.waiting.delete(entry);
  }

  private async write(): Promise<void> {
    for (let failures = 0; this.waiting.size > 0; ) {
      await this.pause(failures);
      try {
        await this.insert([...this.waiting.keys()].slice(0, BATCH));
        failures = 0;
      } catch (error) {
        if (failures++ === 0)
          this.options.log.warn({ err: error, waiting: this.backlog }, 'The access log cannot be written; it waits.');
        if (this.closing && failures > 3) return;
      }
    }
  }

  /** Before a statement: until somebody comes who waits for it, or a whole batch does, or not that long; longer after each failure. */
  private async pause(failures: number): Promise<void> {
    if (this.closing) return;
    // However many come, a database that is away is not asked in a loop.
    if (failures > 0) await sleep(LINGER_MS);
    const { signal } = this.lingering;
    // To gather more than are written at once would leave entries behind, ever more of them when many commands come.
    const isFull = failures === 0 && this.waiting.size >= BATCH;
    const longest = Math.min(LINGER_MS * 2 ** failures, LONGEST_PAUSE_MS);
    if (!signal.aborted && !isFull) await sleep(longest, undefined, { signal }).catch(() => undefined);
    this.lingering = new AbortController();
    // All that come in this turn go together.
    await turn();
  }

  /** A batch that holds something Postgres cannot store is written one by one. */
  private async insert(batch: readonly Entry[]): Promise<void> {
    try {
      await insertEntries(this.database, batch);
    } catch (error) {
      if (!BAD_DATA.test(String((error as { code?: unknown }).code))) throw error;
      if (batch.length > 1) {
        for (const entry of batch) await this.insert([entry]);
        return;
      }
      this.report(batch[0]!, 'An entry of the access log cannot be stored.', error);
      this.settle(batch[0]!, error);
      return;
    }
    for (const entry of batch) this.settle(entry);
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

const unavailable = (reference: string) =>
  refuse(
    'ACCESS_LOG_UNAVAILABLE',
    `Who reads this has to be written down, which is not possible now. Try again later. Reference: ${reference}`,
    { reference },
  );
