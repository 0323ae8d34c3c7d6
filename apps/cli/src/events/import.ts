import type { EventStore } from '#event-sourcing/event-store.js';
import { refuse } from '#event-sourcing/refusal.js';
import { ChainCheck } from '#integrity/chain-check.js';
import { eventHash } from '#integrity/event-hash.js';
import { Findings } from '#integrity/finding.js';
import { checkedFile, eventsIn, type FoundEvent } from './event-file.js';
import { canonical, type EndLine, type EventLine, LogDigest, lineOf } from './event-line.js';
import { asItIs, type Taking } from './taking.js';

/** What is appended together at most: events, and characters of their lines. Also in Chinese that is less than the megabyte that a store takes. */
const MOST_EVENTS = 500;
const MOST_CHARACTERS = 300_000;

export interface Imported {
  /** What was to be read back from the store, and what was. */
  readonly file: EndLine;
  readonly store: EndLine;
  /** How many were there before. */
  readonly found: number;
  readonly imported: number;
}

/**
 * Appends the events of a file in their order, with their ids, times and metadata. One portion at a time, while the next one is
 * read: order is what must not be lost, and no store promises it for appends that are under way together. What an interrupted import
 * left is continued.
 * @throws Refusal BAD_USER_INPUT for a file that is cut off or altered, CONFLICT when the store holds anything but the beginning of it.
 */
export async function importEvents(
  store: EventStore,
  file: string,
  onProgress: (events: number, of: number) => void = () => {},
  taking: Taking = asItIs(store),
): Promise<Imported> {
  const promised = await checkedFile(file);
  await chainsMustHold(file);
  const found = await beginningIn(store, file, taking);
  let done = found;
  let underWay = Promise.resolve();
  for await (const portion of portionsOf(after(eventsIn(file), found))) {
    await underWay;
    underWay = taking.append(portion).then(() => {
      done += portion.length;
      onProgress(done, promised.events);
    });
    // Its failure is noticed above or below, but not before the next portion is read.
    underWay.catch(() => undefined);
  }
  await underWay;
  return {
    file: taking.changes ? await digestOfFile(file, taking) : promised,
    store: await digestOf(store, promised.events, taking),
    found,
    imported: done - found,
  };
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
async function beginningIn(store: EventStore, file: string, taking: Taking): Promise<number> {
  const lines = eventsIn(file);
  let count = 0;
  try {
    for await (const { events } of store.readAll()) {
      const found = await taking.asStored(events.map(lineOf));
      const expected = await taking.asExpected(await next(lines, found.length));
      for (const [at, line] of expected.entries())
        if (canonical(line) !== canonical(found[at]))
          throw refuse(
            'CONFLICT',
            `The store is not empty, and its event ${count + at + 1} (${found[at]!.type} in ${found[at]!.stream}) is not that of the file. Import into an empty store.`,
          );
      count += expected.length;
      // Whoever imported everything may have gone on since.
      if (expected.length < found.length) return count;
    }
  } finally {
    await lines.return(undefined);
  }
  return count;
}

/** The next lines of a file, as many as there are. */
async function next(lines: AsyncGenerator<FoundEvent>, count: number): Promise<EventLine[]> {
  const taken: EventLine[] = [];
  while (taken.length < count) {
    const { value, done } = await lines.next();
    if (done) break;
    taken.push(value.event);
  }
  return taken;
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

/** What the events of a file have to read like in the store. */
async function digestOfFile(file: string, taking: Taking): Promise<EndLine> {
  const digest = new LogDigest();
  for await (const portion of portionsOf(eventsIn(file)))
    for (const line of await taking.asExpected(portion)) digest.add(line);
  return digest.end();
}

/** What the store says that its first events are. */
async function digestOf(store: EventStore, count: number, taking: Taking): Promise<EndLine> {
  const digest = new LogDigest();
  for await (const { events } of store.readAll()) {
    const rest = events.slice(0, count - digest.events);
    for (const line of await taking.asStored(rest.map(lineOf))) digest.add(line);
    if (digest.events === count) break;
  }
  return digest.end();
}
