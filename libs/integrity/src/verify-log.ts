import type { KeyObject } from 'node:crypto';
import type { EventStore } from '#event-sourcing/event-store.js';
import { ChainCheck, type EventAt } from './chain-check.js';
import { eventHash } from './event-hash.js';
import { type Finding, Findings, type FoundEvent, subjectOf } from './finding.js';
import { HeadCheck } from './head-check.js';
import { RepeatedIds } from './repeated-ids.js';
import { SealFolder } from './seal-folder.js';
import { SealedOrder } from './sealed-order.js';
import { TimeCheck } from './time-check.js';
import type { SignedTreeHead } from './tree-head.js';

/** What is verified: the log of a store, or a file that says what stood in one. */
export interface LogSource {
  /** All events in order, every time anew. */
  pages(): AsyncIterable<readonly FoundEvent[]>;
  readonly eventAt?: EventAt;
  /** Where the store says that the log ends. */
  readonly head?: () => Promise<bigint>;
  /** It was written at some time and says itself where it ends: what was sealed later cannot stand in it. */
  readonly earlier?: true;
}

export interface VerifyOptions {
  readonly source: LogSource;
  /** Where heads are: a folder per log, or that of this log. */
  readonly headsIn: string;
  /** Who may have signed them. */
  readonly keys: readonly KeyObject[];
  readonly onProgress?: (events: number) => void;
}

export interface Verdict {
  readonly events: number;
  /** Events of before there were hashes; the tree covers them, no chain does. */
  readonly unchained: number;
  readonly heads: number;
  /** So many events, from the first on, are covered by a head. */
  readonly sealed: number;
  readonly findings: readonly Finding[];
  /** Of these the first thousand are in `findings`. */
  readonly findingCount: number;
  /** What is no evidence of anything, but should be looked at. */
  readonly notices: readonly string[];
}

export const sourceOf = (store: EventStore): LogSource => ({
  async *pages() {
    for await (const { events } of store.readAll()) yield events;
  },
  eventAt: async (stream, revision) => {
    for await (const event of store.readStream(stream, { from: revision, limit: 1 }))
      return event.revision === revision ? event : undefined;
    return undefined;
  },
  head: () => store.head(),
});

/** Reads the whole log once and says what is not as it was written. Needs about 100 MiB, however long the log is. */
export async function verifyLog({ source, headsIn, keys, onProgress }: VerifyOptions): Promise<Verdict> {
  const findings = new Findings();
  const notices: string[] = [];
  const folder = await folderFor(source, headsIn, findings, notices);
  const newest = folder?.lastHead();
  const hasRecords = folder?.records !== undefined;
  const recorded = hasRecords ? Math.min(newest?.size ?? 0, folder.records ?? 0) : 0;
  const records = folder && hasRecords ? folder.sealed(0, recorded) : undefined;
  const heads = await HeadCheck.begin(findings, folder?.heads() ?? none(), keys, {
    hasRecords,
    earlier: source.earlier,
  });
  const chains = new ChainCheck(findings, source.eventAt);
  const [order, ids, times] = [new SealedOrder(findings), new RepeatedIds(), new TimeCheck()];
  let number = 0;
  let lastPosition = 0n;
  for await (const events of source.pages()) {
    for (const event of events) {
      const hash = eventHash(event);
      const sealed = records?.next().value;
      await heads.add(hash, sealed?.hash);
      if (records) order.next(number, sealed, event, hash);
      number++;
      await chains.check(event, hash, number);
      ids.see(event.id);
      times.see(event);
      lastPosition = event.position ?? lastPosition;
    }
    onProgress?.(number);
  }
  for (let sealed = records?.next().value, index = number; sealed; sealed = records?.next().value) {
    await heads.add(undefined, sealed.hash);
    if (!source.earlier) order.next(index++, sealed, undefined, undefined);
  }
  order.end();
  await heads.end();
  await findRepeated(source, ids.candidates, findings);
  const head = await source.head?.();
  if (head !== undefined && head !== lastPosition)
    findings.add({
      kind: 'head',
      text: `The store says that its log ends at ${head}, but it ends at ${lastPosition}.`,
    });
  return {
    events: number,
    unchained: chains.unchained,
    heads: heads.heads,
    sealed: Math.min((source.earlier && !hasRecords ? heads.reached : newest)?.size ?? 0, number),
    findings: findings.kept,
    findingCount: findings.count,
    notices: [...notices, ...(newest ? laterThan(number, newest, heads.reached) : []), ...times.notices()],
  };
}

/** What was sealed behind the end of a log, of one that ends earlier. */
function laterThan(events: number, newest: SignedTreeHead, reached: SignedTreeHead | undefined): string[] {
  if (newest.size <= events) return [];
  const by = reached ? `the head of ${reached.signedAt} (${reached.size} events) is the newest` : 'there is no head';
  return [`${newest.size - events} events that were sealed later are not in it; ${by} that it reaches.`];
}

async function* none(): AsyncGenerator<never> {}

/** The folder of this log. Where there is but one, it is that one, also when the log begins with another event now. */
async function folderFor(source: LogSource, parent: string, findings: Findings, notices: string[]) {
  const folders = SealFolder.in(parent);
  const none = `There is no tree head in ${parent}: what was cut off at the end of the log, or replaced as a whole, cannot be seen.`;
  if (folders.length === 0) notices.push(none);
  if (folders.length <= 1) return folders[0];
  for await (const [first] of source.pages()) {
    const own = first && folders.find(folder => folder.lastHead()?.log === eventHash(first));
    if (own) return own;
    break;
  }
  findings.add({
    kind: 'head',
    text: `None of the logs whose heads are in ${parent} begins with the event with which this one begins.`,
  });
  return undefined;
}

async function findRepeated(source: LogSource, candidates: ReadonlySet<string>, findings: Findings): Promise<void> {
  if (candidates.size === 0) return;
  const seen = new Set<string>();
  let number = 0;
  for await (const events of source.pages())
    for (const event of events) {
      number++;
      if (!candidates.has(event.id)) continue;
      const text = `Revision ${event.revision} of ${event.stream} has the id of an earlier event.`;
      if (seen.has(event.id)) findings.add({ ...subjectOf(event, number), kind: 'repeated', text });
      seen.add(event.id);
    }
}
