import { privacy } from '#crm/privacy.js';
import type { EventStore, StreamAppend } from '#event-sourcing/event-store.js';
import { refuse } from '#event-sourcing/refusal.js';
import { ChainedStore } from '#integrity/chained-store.js';
import { encryptedBelatedly, readBelatedly } from '#privacy/belated.js';
import { inClear } from '#privacy/encrypted-event.js';
import { openedEvents } from '#privacy/opened-events.js';
import type { PersonKeys } from '#privacy/person-keys.js';
import type { EventLine } from './event-line.js';

/** How the events of a file are taken into a store, and what is compared afterwards. */
export interface Taking {
  /** Whether what is stored differs from what the file holds. */
  readonly changes: boolean;
  /** Appends events in their order. */
  append(lines: readonly EventLine[]): Promise<void>;
  /** What events of the file have to read like, when they have been taken in. */
  asExpected(lines: readonly EventLine[]): Promise<readonly EventLine[]>;
  /** What events of the store read like. */
  asStored(lines: readonly EventLine[]): Promise<readonly EventLine[]>;
  /** How many of the appended events hold personal data that nothing encrypts. */
  inClear(): number;
}

const tellsInClear = (line: EventLine): boolean => inClear(line, privacy) !== undefined;

/** To the last character, with the hashes. */
export function asItIs(store: EventStore): Taking {
  let clear = 0;
  return {
    changes: false,
    append: async lines => {
      await appendInOrder(store, lines);
      clear += lines.filter(tellsInClear).length;
    },
    asExpected: async lines => lines,
    asStored: async lines => lines,
    inClear: () => clear,
  };
}

/**
 * What stands in clear is encrypted on the way, and what belongs to somebody who was erased becomes unreadable. Another content has
 * other hashes, so the chains are made anew; what is compared is what everybody reads, without the hashes.
 */
export function encrypting(store: EventStore, keys: PersonKeys): Taking {
  const chained = new ChainedStore(store);
  return {
    changes: true,
    append: async lines => appendInOrder(chained, await encryptedBelatedly(lines, keys, privacy)),
    asExpected: async lines => (await readBelatedly(lines, keys, privacy)).map(withoutHashes),
    asStored: async lines => {
      const clear = lines.find(tellsInClear);
      if (clear)
        throw refuse(
          'CONFLICT',
          `Event ${clear.revision} of ${clear.stream} stands in the store in clear. Import into an empty store.`,
        );
      return (await openedEvents(lines, keys)).map(withoutHashes);
    },
    inClear: () => 0,
  };
}

/** A store that can append to several streams at once gets a portion at once. */
async function appendInOrder(store: EventStore, lines: readonly EventLine[]): Promise<void> {
  const runs = runsOf(lines);
  if (store.appendTogether) await store.appendTogether(runs);
  else for (const { stream, expected, events } of runs) await store.append(stream, expected, events);
}

/** Events that follow on each other in one stream need but one append. */
function runsOf(portion: readonly EventLine[]): StreamAppend[] {
  const runs: EventLine[][] = [];
  for (const line of portion) {
    const last = runs.at(-1)?.at(-1);
    if (last && last.stream === line.stream && last.revision + 1 === line.revision) runs.at(-1)!.push(line);
    else runs.push([line]);
  }
  return runs.map(run => {
    const { stream, revision } = run[0]!;
    const events = run.map(({ id, type, data, metadata, recordedAt }) => ({ id, type, data, metadata, recordedAt }));
    return { stream, expected: revision === 0 ? 'noStream' : BigInt(revision) - 1n, events };
  });
}

function withoutHashes(line: EventLine): EventLine {
  const { hash: _, previousHash: __, ...metadata } = line.metadata;
  return { ...line, metadata };
}
