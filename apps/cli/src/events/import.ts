import type { EventStore, StreamAppend } from '#event-sourcing/event-store.js';
import { refuse } from '#event-sourcing/refusal.js';
import { ChainCheck } from '#integrity/chain-check.js';
import { eventHash } from '#integrity/event-hash.js';
import { Findings } from '#integrity/finding.js';
import { checkedFile, eventsIn, type FoundEvent } from './event-file.js';
import { canonical, type EndLine, type EventLine, LogDigest, lineOf } from './event-line.js';

/** What is appended together at most: events, and characters of their lines. Also in Chinese that is less than the megabyte that a store takes. */
const MOST_EVENTS = 500;
const MOST_CHARACTERS = 300_000;

export interface Imported {
  /** What the file holds, and what was read back from the store. */
  readonly file: EndLine;
  readonly store: EndLine;
  /** How many were there before. */
  readonly found: number;
  readonly imported: number;
}

/**
 * Appends the events of a file in their order, with their ids, times and metadata. One portion at a time, while the next one is
 * read: order is what must not be lost, and no store promises it for appends that are under way together. A store that can append to
 * several streams at once gets a portion at once. What an interrupted import left is continued.
 * @throws Refusal BAD_USER_INPUT for a file that is cut off or altered, CONFLICT when the store holds anything but the beginning of it.
 */
export async function importEvents(
  store: EventStore,
  file: string,
  onProgress: (events: number, of: number) => void = () => {},
): Promise<Imported> {
  const promised = await checkedFile(file);
  await chainsMustHold(file);
  const found = await beginningIn(store, file);
  let done = found;
  let underWay = Promise.resolve();
  for await (const portion of portionsOf(after(eventsIn(file), found))) {
    await underWay;
    underWay = appendInOrder(store, runsOf(portion)).then(() => {
      done += portion.length;
      onProgress(done, promised.events);
    });
    // Its failure is noticed above or below, but not before the next portion is read.
    underWay.catch(() => undefined);
  }
  await underWay;
  return { file: promised, store: await digestOf(store, promised.events), found, imported: done - found };
}

/** Hashes move with their events and are not made anew. @throws Refusal BAD_USER_INPUT when an event is not what its hash says. */
async function chainsMustHold(file: string): Promise<void> {
  const findings = new Findings();
  const chains = new ChainCheck(findings, undefined);
  let number = 0;
  for await (const { event } of eventsIn(file)) await chains.check(event, eventHash(event), ++number);
  const [first] = findings.kept;
  if (first) throw refuse('BAD_USER_INPUT', `${file} is not a log as it was written: ${first.text}`);
}

/** How many events of the file the store holds already. @throws Refusal CONFLICT when it holds others. */
async function beginningIn(store: EventStore, file: string): Promise<number> {
  const lines = eventsIn(file);
  let count = 0;
  try {
    for await (const { events } of store.readAll())
      for (const event of events) {
        const { value, done } = await lines.next();
        // Whoever imported everything may have gone on since.
        if (done) return count;
        if (canonical(value.event) !== canonical(lineOf(event)))
          throw refuse(
            'CONFLICT',
            `The store is not empty, and its event ${count + 1} (${event.type} in ${event.stream}) is not that of the file. Import into an empty store.`,
          );
        count++;
      }
  } finally {
    await lines.return(undefined);
  }
  return count;
}

async function* after(lines: AsyncIterable<FoundEvent>, skipped: number): AsyncGenerator<FoundEvent> {
  let number = 0;
  for await (const line of lines) if (++number > skipped) yield line;
}

async function* portionsOf(lines: AsyncIterable<FoundEvent>): AsyncGenerator<EventLine[]> {
  let portion: EventLine[] = [];
  let characters = 0;
  for await (const { event, length } of lines) {
    if (portion.length === MOST_EVENTS || (portion.length > 0 && characters + length > MOST_CHARACTERS)) {
      yield portion;
      [portion, characters] = [[], 0];
    }
    portion.push(event);
    characters += length;
  }
  if (portion.length > 0) yield portion;
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

async function appendInOrder(store: EventStore, runs: readonly StreamAppend[]): Promise<void> {
  if (store.appendTogether) return store.appendTogether(runs);
  for (const { stream, expected, events } of runs) await store.append(stream, expected, events);
}

/** What the store says that its first events are. */
async function digestOf(store: EventStore, count: number): Promise<EndLine> {
  const digest = new LogDigest();
  for await (const { events } of store.readAll())
    for (const event of events) {
      if (digest.events === count) return digest.end();
      digest.add(lineOf(event));
    }
  return digest.end();
}
