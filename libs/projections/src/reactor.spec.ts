import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { RecordedEvent } from '#event-sourcing/event.js';
import { newEvents } from '#event-store/contract/new-event.js';
import { MemoryEventStore } from '#event-store/memory/memory-event-store.js';
import { type ReactorOptions, runReactor } from './reactor.js';
import { projectionStatus } from './status.js';
import { eventually, silent } from './testing/engine.js';
import { databaseForTests } from './testing/test-engine.js';

const database = databaseForTests();
let store: MemoryEventStore;
const stops: (() => Promise<void>)[] = [];

beforeEach(() => {
  store = new MemoryEventStore();
});

afterEach(async () => {
  await Promise.all(stops.splice(0).map(stop => stop()));
});

function start(options: Pick<ReactorOptions, 'handle' | 'name'> & Partial<ReactorOptions>): () => Promise<void> {
  const end = new AbortController();
  const done = runReactor({ store, database: database(), log: silent, leaseMs: 600, ...options, signal: end.signal });
  const stop = () => {
    end.abort();
    return done;
  };
  stops.push(stop);
  return stop;
}

const numberOf = ({ data }: RecordedEvent) => (data as { n: number }).n;
const statusOf = async (name: string) =>
  (await projectionStatus(database(), store, () => '2026-03-01T08:01:00.000Z')).find(one => one.name === name);
const upTo = (count: number) => Array.from({ length: count }, (_, n) => n);

describe('A reactor', () => {
  it('handles the events of its types in order, those that were there and those that come', async () => {
    const seen: number[] = [];
    await store.append('leads', 'noStream', newEvents('LeadCaptured', 300));
    await store.append('others', 'noStream', newEvents('Other', 5));
    start({ name: 'ordered', types: ['LeadCaptured'], handle: async event => void seen.push(numberOf(event)) });
    await eventually(() => seen.length === 300);
    await store.append('leads', 299n, newEvents('LeadCaptured', 1));
    await eventually(() => seen.length === 301);
    expect(seen).toEqual([...upTo(300), 0]);
  });

  it('goes on behind what was handled when it starts again', async () => {
    const seen: number[] = [];
    const handle = async (event: RecordedEvent) => void seen.push(numberOf(event));
    await store.append('leads', 'noStream', newEvents('LeadCaptured', 3));
    const stop = start({ name: 'restarted', handle });
    await eventually(async () => (await statusOf('restarted'))?.position === 3n);
    await stop();
    await store.append('leads', 2n, newEvents('LeadCaptured', 5).slice(3));
    start({ name: 'restarted', handle });
    await eventually(() => seen.length >= 5);
    expect(seen).toEqual([0, 1, 2, 3, 4]);
  });

  it('stays at an event that cannot be handled, says so in the status, and goes on once it can', async () => {
    const seen: number[] = [];
    let mended = false;
    await store.append('leads', 'noStream', newEvents('LeadCaptured', 3));
    start({
      name: 'stumbling',
      handle: async event => {
        if (numberOf(event) === 1 && !mended) throw new Error('the mail server is away');
        seen.push(numberOf(event));
      },
    });
    await eventually(async () => (await statusOf('stumbling'))?.lastError === 'the mail server is away');
    expect(await statusOf('stumbling')).toMatchObject({ kind: 'reactor', state: 'failing', lagEvents: 3 });
    expect(seen).toEqual([0]);
    mended = true;
    await eventually(() => seen.length === 3);
    await eventually(async () => (await statusOf('stumbling'))?.state === 'live');
    expect(seen).toEqual([0, 1, 2]);
  });

  it('is run by one process at a time; another takes over', async () => {
    const seen: string[] = [];
    const handler = (who: string) => async (event: RecordedEvent) => void seen.push(`${who} ${numberOf(event)}`);
    const stop = start({ name: 'single', owner: 'first', handle: handler('first') });
    await eventually(async () => (await statusOf('single'))?.owner === 'first');
    start({ name: 'single', owner: 'second', handle: handler('second') });
    await store.append('leads', 'noStream', newEvents('LeadCaptured', 1));
    await eventually(async () => (await statusOf('single'))?.position === 1n);
    await stop();
    await store.append('leads', 0n, newEvents('LeadCaptured', 1));
    await eventually(() => seen.length === 2);
    expect(seen).toEqual(['first 0', 'second 0']);
  });
});
