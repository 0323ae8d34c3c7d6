import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { excludeSystemEvents, KurrentDBClient, START } from '@kurrent/kurrentdb-client';
import type { NewEvent } from '#event-sourcing/event.js';
import type { EventStore, Page } from '#event-sourcing/event-store.js';
import { openEventStore } from '#event-store/open-event-store.js';
import type { Finding, Skipped } from './finding.js';
import type { Surroundings } from './surroundings.js';

/** So many that the first request, which both make alone, does not decide. */
const EVENTS = 100_000;
const EVENTS_PER_STREAM = 500;
const ROUNDS = 5;
const GOAL = 0.7;

const RAW =
  'The client’s own `readAll` from the same position, the server’s own events left out by the server; events are counted, nothing else.';
const OURS = `The adapter with its defaults, ${EVENTS.toLocaleString('en-US')} events: `;

function newEvent(n: number): NewEvent {
  const [id, recordedAt] = [randomUUID(), new Date().toISOString()];
  const actor = { id: 'e-3', role: 'salesperson' };
  const metadata = { $correlationId: id, $causationId: id, actor, occurredAt: recordedAt, schemaVersion: 1 };
  return { id, type: 'BenchRead', recordedAt, data: { n, name: '上海贸易有限公司', source: 'website' }, metadata };
}

async function fill(store: EventStore): Promise<void> {
  for (let from = 0; from < EVENTS; from += EVENTS_PER_STREAM) {
    const events = Array.from({ length: EVENTS_PER_STREAM }, (_, n) => newEvent(from + n));
    await store.append(`bench-${randomUUID()}`, 'noStream', events);
  }
}

/** Events per second until all of them have come. */
async function rate(pages: AsyncIterable<Page>, enough: () => void): Promise<number> {
  const started = performance.now();
  let count = 0;
  for await (const { events } of pages) {
    count += events.length;
    if (count >= EVENTS) enough();
  }
  return count / ((performance.now() - started) / 1000);
}

async function followed(store: EventStore, after: bigint): Promise<number> {
  const stop = new AbortController();
  return rate(store.follow({ after, signal: stop.signal }), () => stop.abort());
}

async function rawRate(client: KurrentDBClient, after: bigint): Promise<number> {
  const started = performance.now();
  const fromPosition = after === 0n ? START : { commit: after, prepare: after };
  let count = 0;
  for await (const _ of client.readAll({ fromPosition, filter: excludeSystemEvents() })) count++;
  return count / ((performance.now() - started) / 1000);
}

/** Catching up on EventStoreDB or KurrentDB; leaves its events in the server's log, in streams named `bench-…`. */
export async function benchCatchUp(_: Surroundings): Promise<Finding[] | Skipped> {
  const url = process.env.TEST_KURRENTDB_URL;
  if (!url) return { skipped: 'no EventStoreDB or KurrentDB: `TEST_KURRENTDB_URL` is not set' };
  const [store, client] = [await openEventStore(url), KurrentDBClient.connectionString(url)];
  try {
    const after = await store.head();
    await fill(store);
    const [read, live, raw]: [number[], number[], number[]] = [[], [], []];
    for (let round = 0; round <= ROUNDS; round++) {
      read.push(await rate(store.readAll({ after }), () => {}));
      live.push(await followed(store, after));
      raw.push(await rawRate(client, after));
    }
    const measured = (values: number[]) => values.slice(1); // the first round warms up
    const baseline = { name: 'raw read', configured: RAW, values: measured(raw), timesAtLeast: GOAL };
    const unit = 'per second' as const;
    const [reading, following] = [`${OURS}\`readAll\`.`, `${OURS}\`follow\` until it has caught up.`];
    return [
      { what: 'KurrentDB, read', configured: reading, unit, values: measured(read), baselines: [baseline] },
      { what: 'KurrentDB, follow', configured: following, unit, values: measured(live), baselines: [baseline] },
    ];
  } finally {
    await store.close();
    await client.dispose();
  }
}
