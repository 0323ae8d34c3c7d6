import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { project } from '#apps/system/src/projecting.js';
import type { System } from '#apps/system/src/system.js';
import type { Position } from '#event-sourcing/event.js';
import { projections } from '#read-models/read-models.js';
import { ascending, quantile } from '../figures.js';
import type { Finding } from '../finding.js';
import type { Surroundings } from '../surroundings.js';
import { newEvents } from './log.js';

const PER_SECOND = 1_000;
const SECONDS = 10;
const WARM_UP_SECONDS = 3;

/** How long after its append an event is in all read models, at a steady pace, with the projector in the same process. */
export function benchVisible({ onSystem }: Surroundings): Promise<Finding[]> {
  return onSystem(async system => {
    const stop = new AbortController();
    const projecting = project(system, stop.signal);
    const latencies = await visibleAfter(system);
    stop.abort();
    await projecting;
    const sorted = ascending(latencies);
    const [p50, p99] = [quantile(sorted, 0.5), quantile(sorted, 0.99)];
    const finding: Finding = {
      what: `from append to visible in all ${projections.length} read models, 99 % of the events, at ${PER_SECOND.toLocaleString('en-US')} events/s`,
      configured: 'One event per append; from the answer to the append until the last read model has moved behind it.',
      unit: 'ms',
      values: [p99],
      latency: { p50, p99 },
      goal: 50,
      baselines: [],
    };
    return [finding];
  });
}

async function visibleAfter({ store, database }: System): Promise<number[]> {
  const reached = new Map<string, Position>(projections.map(({ name }) => [name, 0n]));
  const waiting: { position: Position; since: number }[] = [];
  const latencies: number[] = [];
  const settle = () => {
    const isVisible = (position: Position) => [...reached.values()].every(at => at >= position);
    while (waiting[0] && isVisible(waiting[0].position)) latencies.push(performance.now() - waiting.shift()!.since);
  };
  const moved = (name: string, at: Position) => {
    if (!reached.has(name)) return;
    reached.set(name, at);
    settle();
  };
  database.signals.on('moved', moved);
  const append = async (event: Parameters<typeof store.append>[2][number]) => {
    const { position } = await store.append(`bench-${randomUUID()}`, 'noStream', [event]);
    waiting.push({ position, since: performance.now() });
    settle();
  };
  const events = [...newEvents(PER_SECOND * (WARM_UP_SECONDS + SECONDS))];
  const appends: Promise<void>[] = [];
  const started = performance.now();
  while (appends.length < events.length) {
    const due = Math.min(Math.floor(((performance.now() - started) * PER_SECOND) / 1_000), events.length);
    while (appends.length < due) appends.push(append(events[appends.length]!));
    await sleep(1);
  }
  await Promise.all(appends);
  while (waiting.length) await sleep(10);
  database.signals.off('moved', moved);
  return latencies.slice(PER_SECOND * WARM_UP_SECONDS);
}
