import { WrongExpectedRevision } from '#event-sourcing/event-store.js';
import { outcomes, type Stored, store } from './append-statements.js';
import { raced } from './failures.js';
import type { PendingAppend } from './pending-append.js';
import type { Writer } from './writer.js';

/** @throws WrongExpectedRevision for the first append that does not stand where it should; nothing is written then. */
export async function storeTogether(writer: Writer, appends: readonly PendingAppend[]): Promise<void> {
  demandSequence(appends);
  const stored = await storeOnceMore(writer, appends);
  if ('before' in stored) return;
  const refused = appends.find(({ stream }) => stored.refused.has(stream))!;
  const [outcome] = await outcomes(writer, [refused]);
  throw conflict(refused, outcome!.actual);
}

/** The statement checks the revision of a stream's first append only: what follows would leave a hole in the stream. */
function demandSequence(appends: readonly PendingAppend[]): void {
  const next = new Map<string, number>();
  for (const append of appends) {
    const { stream, first, count } = append;
    const expected = next.get(stream) ?? first;
    if (expected !== first) throw conflict(append, BigInt(expected - 1));
    next.set(stream, first + count);
  }
}

/** Somebody else came between check and insert: the second time the check says so. */
async function storeOnceMore(writer: Writer, appends: readonly PendingAppend[]): Promise<Stored> {
  try {
    return await store(writer, appends);
  } catch (error) {
    if (!raced(error)) throw error;
    return store(writer, appends);
  }
}

const conflict = ({ stream, expected }: PendingAppend, actual: bigint) =>
  new WrongExpectedRevision(stream, expected, actual < 0n ? 'noStream' : actual);
