import type { EventStore } from '#event-sourcing/event-store.js';
import { refuse } from '#event-sourcing/refusal.js';
import { checkedFile, eventsIn } from './event-file.js';
import { canonical, type EndLine, type EventLine, LogDigest, lineOf } from './event-line.js';

/** Events of one stream that are appended together at most. */
const AT_ONCE = 200;

export interface Imported {
  /** What the file holds, and what was read back from the store. */
  readonly file: EndLine;
  readonly store: EndLine;
  /** How many were there before. */
  readonly found: number;
  readonly imported: number;
}

/**
 * Appends the events of a file in their order, with their ids, times and metadata. One append at a time: order is what must not be
 * lost, and no store promises it for appends that are under way together. What an interrupted import left is continued.
 * @throws Refusal BAD_USER_INPUT for a file that is cut off or altered, CONFLICT when the store holds anything but the beginning of it.
 */
export async function importEvents(
  store: EventStore,
  file: string,
  onProgress: (events: number, of: number) => void = () => {},
): Promise<Imported> {
  const promised = await checkedFile(file);
  const found = await beginningIn(store, file);
  let done = found;
  for await (const run of runsOf(after(eventsIn(file), found))) {
    await appendRun(store, run);
    done += run.length;
    onProgress(done, promised.events);
  }
  return { file: promised, store: await digestOf(store, promised.events), found, imported: done - found };
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
        if (canonical(value) !== canonical(lineOf(event)))
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

async function* after(lines: AsyncIterable<EventLine>, skipped: number): AsyncGenerator<EventLine> {
  let number = 0;
  for await (const line of lines) if (++number > skipped) yield line;
}

/** Events that follow on each other in one stream: they need but one append. */
async function* runsOf(lines: AsyncIterable<EventLine>): AsyncGenerator<EventLine[]> {
  let run: EventLine[] = [];
  for await (const line of lines) {
    const last = run.at(-1);
    const goesOn = last && last.stream === line.stream && last.revision + 1 === line.revision && run.length < AT_ONCE;
    if (last && !goesOn) {
      yield run;
      run = [];
    }
    run.push(line);
  }
  if (run.length > 0) yield run;
}

async function appendRun(store: EventStore, run: readonly EventLine[]): Promise<void> {
  const { stream, revision } = run[0]!;
  const events = run.map(({ id, type, data, metadata, recordedAt }) => ({ id, type, data, metadata, recordedAt }));
  await store.append(stream, revision === 0 ? 'noStream' : BigInt(revision) - 1n, events);
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
