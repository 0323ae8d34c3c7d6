import type { KeyObject } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Instant, Position, RecordedEvent } from '#event-sourcing/event.js';
import type { EventStore } from '#event-sourcing/event-store.js';
import { eventHash } from './event-hash.js';
import { Frontier } from './merkle-tree.js';
import { SealFolder } from './seal-folder.js';
import { type SignedTreeHead, signHead } from './tree-head.js';

export interface SealerOptions {
  readonly store: EventStore;
  /** Where the folders of logs are, outside the database. */
  readonly folder: string;
  readonly key: KeyObject;
  readonly clock: () => Instant;
  /** Runs work while no other process does the same in that folder. */
  readonly exclusively: <T>(folder: string, work: () => Promise<T>) => Promise<T>;
}

/** Where it goes on: behind which event of the store, and with which tree. */
interface Sealed {
  readonly after: Position;
  readonly frontier: Frontier;
}

/** The log is not the one that was sealed: events are gone, or are not what they were. */
export class SealBroken extends Error {
  override readonly name = 'SealBroken';
}

/**
 * Signs from time to time what the log holds, and writes that down outside of its database. What it does follows from the log alone,
 * so it matters to nobody which process does it, nor whether two do.
 */
export class Sealer {
  private sealed: (Sealed & { readonly folder: SealFolder }) | undefined;

  constructor(private readonly options: SealerOptions) {}

  /**
   * Seals everything that is in the log now; the newest head, or nothing while the log is empty.
   * @throws SealBroken when the last sealed event is not in the log any more: nothing is signed then.
   */
  async seal(): Promise<SignedTreeHead | undefined> {
    const first = await firstEvent(this.options.store);
    if (!first) return undefined;
    const log = eventHash(first);
    const folder = this.sealed?.folder ?? (await this.folderOf(log));
    return this.options.exclusively(folder.path, () => this.sealInto(folder, log));
  }

  /** Seals every so many milliseconds until aborted. What goes wrong is told, and tried again. */
  async keep(every: number, signal: AbortSignal, onError: (error: unknown) => void): Promise<void> {
    while (!signal.aborted) {
      await this.seal().catch(onError);
      await sleep(every, undefined, { signal }).catch(() => undefined);
    }
  }

  /** A log whose first event is not what it was must not begin a new folder as if nothing had been. */
  private async folderOf(log: string): Promise<SealFolder> {
    const folders = SealFolder.in(this.options.folder);
    const own = SealFolder.of(this.options.folder, log);
    if (folders.length > 0 && !folders.some(({ path }) => path === own.path))
      throw new SealBroken(
        `${this.options.folder} holds the heads of another log: this one begins with another event. Verify it; if it really is another one, give it a folder of its own.`,
      );
    return own;
  }

  private async sealInto(folder: SealFolder, log: string): Promise<SignedTreeHead | undefined> {
    const { store, key, clock } = this.options;
    const head = folder.lastHead();
    const before = this.sealed?.frontier.size === (head?.size ?? 0) ? this.sealed : await this.resumed(head, folder);
    const { frontier } = before;
    let { after } = before;
    let last: RecordedEvent | undefined;
    // Until it is through, nobody may take what is in the tree for sealed.
    this.sealed = undefined;
    for await (const page of store.readAll({ after })) {
      const records = page.events.map(event => ({ id: event.id, hash: eventHash(event) }));
      if (records.length > 0) folder.addRecords(frontier.size, records);
      for (const { hash } of records) frontier.add(hash);
      last = page.events.at(-1) ?? last;
      after = page.upTo;
    }
    if (last) {
      const where = { stream: last.stream, revision: Number(last.revision) };
      const { size } = frontier;
      const made = { log, size, rootHash: frontier.root(), last: where, signedAt: clock() };
      const signed = signHead({ ...made, subtrees: frontier.subtrees() }, key);
      folder.addHead(signed);
      this.sealed = { folder, frontier, after };
      return signed;
    }
    this.sealed = { folder, frontier, after };
    return head;
  }

  /** Behind the last head. Positions are those of one store, so its last event is looked up in this one. */
  private async resumed(head: SignedTreeHead | undefined, folder: SealFolder): Promise<Sealed> {
    if (!head) return { after: 0n, frontier: new Frontier() };
    const { stream, revision } = head.last;
    let last: RecordedEvent | undefined;
    for await (const event of this.options.store.readStream(stream, { from: BigInt(revision), limit: 1 })) last = event;
    if (!last || Number(last.revision) !== revision)
      throw new SealBroken(`Revision ${revision} of ${stream}, which was sealed, is not in the log any more.`);
    const [record] = folder.sealed(head.size - 1, head.size);
    if (record?.id !== last.id || record.hash !== eventHash(last))
      throw new SealBroken(`Revision ${revision} of ${stream} is not the event that was sealed.`);
    return { after: last.position, frontier: Frontier.of(head) };
  }
}

async function firstEvent(store: EventStore): Promise<RecordedEvent | undefined> {
  for await (const { events } of store.readAll({ pageSize: 1 })) if (events[0]) return events[0];
  return undefined;
}
