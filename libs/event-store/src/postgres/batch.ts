import type { PendingAppend } from './pending-append.js';

const MOST_APPENDS = 500;
const MOST_BYTES = 1024 * 1024;

/** What is written together, and what has to wait for its outcome. */
export interface Batch {
  /** In order of arrival. Several to one stream follow on each other's revisions: they stand or fall together. */
  readonly appends: readonly PendingAppend[];
  /** To a stream of the batch, but not following on what is in it: repeats and losers, and who was right all the same. */
  readonly contenders: readonly PendingAppend[];
}

/** Takes the next batch off the front of the queue. @param most It takes no more appends than these. */
export function takeBatch(queue: PendingAppend[], most = MOST_APPENDS): Batch {
  const appends: PendingAppend[] = [];
  const contenders: PendingAppend[] = [];
  const next = new Map<string, number>();
  let taken = 0;
  let bytes = 0;
  for (const append of queue) {
    if (taken > 0 && (taken >= Math.min(most, MOST_APPENDS) || bytes + append.size > MOST_BYTES)) break;
    taken++;
    bytes += append.size;
    const follows = next.get(append.stream) ?? append.first;
    if (follows === append.first) {
      appends.push(append);
      next.set(append.stream, append.first + append.count);
    } else contenders.push(append);
  }
  queue.splice(0, taken);
  return { appends, contenders };
}
