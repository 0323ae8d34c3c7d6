import { setTimeout as sleep } from 'node:timers/promises';
import type { RecordedEvent } from '#event-sourcing/event.js';
import type { EventStore, Page } from '#event-sourcing/event-store.js';
import { backoff } from './backoff.js';
import { Fenced, passCheckpoint } from './checkpoints.js';
import type { Database } from './database.js';
import { Leases } from './leases.js';
import type { Log } from './log.js';
import { newOwner } from './projector.js';
import { Rate } from './rate.js';
import { claim, createGeneration, type Generation, noteError } from './registry.js';
import { ensureRegistry } from './registry-tables.js';
import { inTransaction } from './transaction.js';

/** Events that are handled at most before the checkpoint moves, and so at most again after a crash. */
const EVENTS_PER_STEP = 100;
const PAGE_SIZE = 500;
/** Before it looks again after a page without an event for it: asking, and moving the checkpoint, costs as much as another append. */
const PAUSE_MS = 25;

export interface ReactorOptions {
  readonly store: EventStore;
  readonly database: Database;
  /** Its name in the registry, among those of all reactors. */
  readonly name: string;
  /** The events that it reacts to; default all. */
  readonly types?: readonly string[];
  /** Must be harmless when repeated: after a crash, events since the last checkpoint come again. What it throws is tried again. */
  readonly handle: (event: RecordedEvent) => Promise<void>;
  readonly signal: AbortSignal;
  readonly log: Log;
  readonly owner?: string;
  readonly leaseMs?: number;
}

/**
 * Hands every event to `handle`, at least once and in the order of its stream, from the beginning of the log, until aborted. Of several processes
 * one works, the others stand by. An error holds it up, shows in the status, and is tried again until it passes.
 */
export async function runReactor(options: ReactorOptions): Promise<void> {
  const { database, name, signal, log, owner = newOwner(), leaseMs } = options;
  const lease = `reactor:${name}`;
  let leases: Leases | undefined;
  let kept = Promise.resolve();
  for (let attempt = 0; !signal.aborted; attempt++) {
    try {
      if (!leases) {
        await ensureRegistry(database);
        leases = new Leases(database, [lease], owner, log, leaseMs);
        kept = leases.keep(signal);
      }
      await leases.until(lease, true, signal);
      await react(options, leases, lease);
      attempt = -1;
    } catch (error) {
      if (error instanceof Fenced) log.info({ reactor: name }, error.message);
      else log.error({ reactor: name, error }, 'The reactor does not get on; it will be tried again.');
      await backoff(attempt, signal);
    }
  }
  await kept;
}

/** Reacts until aborted or until the lease is lost. */
async function react(options: ReactorOptions, leases: Leases, lease: string): Promise<void> {
  const { store, database, name, types } = options;
  const over = new AbortController();
  const signal = AbortSignal.any([options.signal, over.signal]);
  void leases.until(lease, false, signal).then(() => over.abort());
  try {
    if (signal.aborted) return;
    const made = { name, slot: 'reactor', version: 1, timeZone: 'UTC', types: types ?? null } as const;
    await createGeneration(database.pool, made);
    let generation = (await inTransaction(database, client => claim(client, name, 'reactor')))!;
    const rate = new Rate();
    for await (const page of store.follow({ after: generation.position, types, pageSize: PAGE_SIZE, signal })) {
      for (const { events, upTo } of steps(page)) {
        if (!(await allHandled(options, events, generation, signal))) return;
        await passCheckpoint(database, { from: generation, to: upTo, eventsPerSecond: rate.count(events.length) });
        generation = { ...generation, position: upTo };
        database.signals.emit('moved', name, upTo);
      }
      // Others append, and it is told of each commit.
      if (!page.events.length) await sleep(PAUSE_MS, undefined, { signal }).catch(() => undefined);
    }
  } finally {
    over.abort();
  }
}

/** A page in steps of one checkpoint each. */
function* steps({ events, upTo }: Page): Iterable<Page> {
  let start = 0;
  for (; start + EVENTS_PER_STEP < events.length; start += EVENTS_PER_STEP) {
    const step = events.slice(start, start + EVENTS_PER_STEP);
    yield { events: step, upTo: step.at(-1)!.position };
  }
  yield { events: events.slice(start), upTo };
}

/** Events of one stream one after the other, different streams side by side: waiting for the store is most of the work. */
async function allHandled(
  options: ReactorOptions,
  events: readonly RecordedEvent[],
  generation: Generation,
  signal: AbortSignal,
): Promise<boolean> {
  const streams = new Map<string, RecordedEvent[]>();
  for (const event of events) {
    const own = streams.get(event.stream);
    if (own) own.push(event);
    else streams.set(event.stream, [event]);
  }
  const inOrder = async (own: readonly RecordedEvent[]) => {
    for (const event of own) if (!(await handled(options, event, generation, signal))) return false;
    return true;
  };
  return (await Promise.all([...streams.values()].map(inOrder))).every(Boolean);
}

/** Tries until it is done; `false` when aborted before. */
async function handled(
  { handle, database, name, log }: ReactorOptions,
  event: RecordedEvent,
  generation: Generation,
  signal: AbortSignal,
): Promise<boolean> {
  for (let attempt = 0; !signal.aborted; attempt++) {
    try {
      await handle(event);
      return true;
    } catch (error) {
      const { type, stream, position, metadata } = event;
      const facts = { reactor: name, type, stream, position: String(position), correlationId: metadata.$correlationId };
      log.error({ ...facts, error }, 'An event could not be handled.');
      await noteError(database, generation, error).catch(() => undefined);
      await backoff(attempt, signal);
    }
  }
  return false;
}
