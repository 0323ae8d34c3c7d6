import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { expect, it } from '@jest/globals';
import type { NewEvent } from '#event-sourcing/event.js';
import { type EventStore, type ExpectedRevision, WrongExpectedRevision } from '#event-sourcing/event-store.js';
import { newEvent } from '#event-store/contract/new-event.js';
import { all } from '#event-store/contract/opened-store.js';
import { openKurrentdbStore } from '#event-store/kurrentdb/kurrentdb-event-store.js';
import type { Stored } from '#test/eventstoredb/log.js';
import { openNaiveStore } from '#test/eventstoredb/naive-store.js';
import { startStorm } from './storm.js';
import { Chance, PATIENCE_MS, report, sumOf, trials } from './trials.js';

const STORMS = trials({ short: 3, full: 100 });
const WRITERS = 24;
const APPENDS = 10;
const FOLLOWERS = 2;
/** Once the storm is over everything is to be where it belongs within this time. */
const CALM_MS = 15_000;
const STORM_MS = 60_000;

it(
  'What is written to and followed from an EventStoreDB in a storm is there once, in order, and nobody hangs',
  async () => {
    const chance = new Chance();
    const outcomes: Outcome[] = [];
    for (let storm = 0; storm < STORMS; storm++) outcomes.push(await weather(chance, openKurrentdbStore));
    const sum = sumOf(outcomes);
    report('EventStoreDB in a storm', chance, { storms: STORMS, ...sum });
    expect(sum).toMatchObject({ lost: 0, doubled: 0, disordered: 0, misread: 0, hanging: 0 });
    expect(sum).toMatchObject({ missed: 0, redelivered: 0, displaced: 0 });
    expect(sum.appended).toBe(STORMS * WRITERS * APPENDS);
    expect(sum.faults).toBeGreaterThan(STORMS * 10);
  },
  PATIENCE_MS,
);

it(
  'Control: who repeats appends without their ids and subscribes again without a position writes twice and misses events',
  async () => {
    const outcome = await weather(new Chance(), openNaiveStore);
    expect(outcome.doubled).toBeGreaterThan(0);
    expect(outcome.missed).toBeGreaterThan(0);
  },
  PATIENCE_MS,
);

/** All but the first two are 0 when everything is as promised. */
type Outcome = {
  faults: number;
  /** Appends that were acknowledged. */
  appended: number;
  /** Acknowledged events that are not in the log, events that are there twice, and streams in another order than written. */
  lost: number;
  doubled: number;
  disordered: number;
  /** Events that were not next in their stream when it was read during the storm. */
  misread: number;
  /** Events that followers did not get, got more than once, or got in another order. */
  missed: number;
  redelivered: number;
  displaced: number;
  /** Writers and followers that had not come to an end after the storm. */
  hanging: number;
};

async function weather(chance: Chance, open: (url: string) => EventStore): Promise<Outcome> {
  const storm = await startStorm(chance);
  const store = open(storm.url);
  const stop = new AbortController();
  const deliveries = Array.from({ length: FOLLOWERS }, (): string[] => []);
  for (const names of deliveries) void follow(store, names, stop.signal).catch(() => undefined); // who ends does not arrive
  const streams = Array.from({ length: WRITERS }, (_, n) => `lead-${n}`);
  try {
    const writing = Promise.all(streams.map(stream => write(store, stream, APPENDS, chance)));
    const ended = within(STORM_MS, writing);
    const [written, misread] = await Promise.all([ended, misreadings(store, streams, ended)]);
    await storm.calm();
    const last = (await write(store, 'lead-last', 1, chance)).flat();
    const arrived = await Promise.all(deliveries.map(names => within(CALM_MS, arrival(names, last.at(-1)!))));
    return {
      faults: [...storm.faults.values()].reduce((sum, count) => sum + count, 0),
      appended: written?.flat().length ?? 0,
      ...compare(storm.stored(), [...(written ?? []).flat(2), ...last], deliveries),
      misread,
      hanging: [written, ...arrived].filter(result => !result).length,
    };
  } finally {
    stop.abort();
    await storm.calm();
    await store.close();
    await storm.close();
  }
}

/** Appends again and again until it is answered; the names of the events of each append. */
async function write(store: EventStore, stream: string, appends: number, chance: Chance): Promise<string[][]> {
  const written: string[][] = [];
  let expected: ExpectedRevision = 'noStream';
  for (let n = 0; n < appends; n++) {
    const names = Array.from({ length: chance.between(1, 3) }, (_, part) => `${stream} ${n}.${part}`);
    const events = names.map(name => newEvent('LeadCaptured', { name }));
    expected = await untilAnswered(store, stream, expected, events);
    written.push(names);
  }
  return written;
}

async function untilAnswered(store: EventStore, stream: string, expected: ExpectedRevision, events: NewEvent[]) {
  for (;;) {
    try {
      return (await store.append(stream, expected, events)).revision;
    } catch (error) {
      // Nobody else writes here: who sees a conflict does not know its own event.
      if (error instanceof WrongExpectedRevision) throw error;
      await sleep(5);
    }
  }
}

async function follow(store: EventStore, names: string[], signal: AbortSignal): Promise<void> {
  for await (const { events } of store.follow({ signal, pageSize: 20 }))
    for (const { data } of events) names.push((data as { name: string }).name);
}

async function arrival(names: readonly string[], last: string): Promise<true> {
  while (names.at(-1) !== last) await sleep(5);
  return true;
}

/** Reads streams while they are written to; how often one had a gap or was in another order than that of its revisions. */
async function misreadings(store: EventStore, streams: readonly string[], writing: Promise<unknown>): Promise<number> {
  let wrong = 0;
  let over = false;
  void writing.finally(() => {
    over = true;
  });
  for (let n = 0; !over; n++) {
    const read = await all(store.readStream(streams[n % streams.length]!)).catch(() => []);
    wrong += read.filter(({ revision }, at) => revision !== BigInt(at)).length;
    await sleep(5);
  }
  return wrong;
}

/** Nothing when it takes longer. */
async function within<T>(milliseconds: number, work: Promise<T>): Promise<T | undefined> {
  const late = new AbortController();
  const waiting = sleep(milliseconds, undefined, { signal: late.signal }).catch(() => undefined);
  return Promise.race([work, waiting]).finally(() => late.abort());
}

const nameOf = ({ data }: Stored): string => JSON.parse(Buffer.from(data).toString()).name;

function compare(stored: readonly Stored[], written: readonly string[], deliveries: readonly (readonly string[])[]) {
  const log = stored.map(nameOf);
  const kept = new Set(log);
  const streams = new Map<string, string[]>();
  for (const event of stored) streams.set(event.stream, [...(streams.get(event.stream) ?? []), nameOf(event)]);
  // The writers wrote one after the other on streams of their own, so what was written of a stream is in its order.
  const inOrder = (names: readonly string[], stream: string) =>
    isDeepStrictEqual(
      names,
      written.filter(name => name.startsWith(`${stream} `)),
    );
  const sum = (count: (names: readonly string[]) => number) => deliveries.reduce((sum, names) => sum + count(names), 0);
  return {
    lost: written.filter(name => !kept.has(name)).length,
    doubled: log.length - kept.size,
    disordered: [...streams].filter(([stream, names]) => !inOrder(names, stream)).length,
    missed: sum(names => new Set(log).size - new Set(names).size),
    redelivered: sum(names => names.length - new Set(names).size),
    displaced: sum(names => names.filter((name, at) => name !== log[at]).length),
  };
}
