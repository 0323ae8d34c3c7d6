import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ReadAllOptions } from '#event-sourcing/event-store.js';
import type { Projection } from '#event-sourcing/projection.js';
import { projection, text } from '#event-sourcing/projection.js';
import { MemoryEventStore } from '#event-store/memory/memory-event-store.js';
import { retryDeadLetters } from './dead-letters.js';
import { digest } from './digest.js';
import { prepare } from './prepare.js';
import { type ProjectorOptions, runProjections } from './projector.js';
import { rebuild } from './rebuild.js';
import { findGeneration } from './registry.js';
import { projectionStatus } from './status.js';
import { swapBack } from './swap.js';
import { eventually, foldInPages, forget, silent } from './testing/engine.js';
import { append, eventsOf, type Happening, TIME_ZONE } from './testing/history.js';
import { mended, type PipelineEvents, pipeline } from './testing/pipeline.js';
import { waitForPosition } from './wait.js';

const owners = projection<PipelineEvents>()('owners', { version: 1 });
owners.rows('owners', {
  key: 'ownerId',
  columns: { last: text },
  on: { VisitPaid: (_, { type }) => ({ last: type }), DealOpened: (_, { type }) => ({ last: type }) },
});
const NAMES = ['pipeline', 'owners'];

import { databaseForTests } from './testing/test-engine.js';

const database = databaseForTests();
let store: MemoryEventStore;
let running: { stop(): Promise<void> }[] = [];

beforeEach(async () => {
  await forget(database(), pipeline);
  await forget(database(), owners);
  await prepare({ database: database(), projections: [pipeline, owners], timeZone: TIME_ZONE });
  store = new MemoryEventStore();
});

afterEach(async () => {
  await Promise.all(running.map(({ stop }) => stop()));
  running = [];
});

function run(options: Partial<ProjectorOptions> = {}): { stop(): Promise<void> } {
  const end = new AbortController();
  const common = { store, database: database(), projections: [pipeline, owners], timeZone: TIME_ZONE, log: silent };
  const done = runProjections({ ...common, leaseMs: 600, ...options, signal: end.signal });
  const started = {
    stop: () => {
      end.abort();
      return done;
    },
  };
  running.push(started);
  return started;
}

const opened: Happening = { type: 'DealOpened', data: { dealId: 'd1', ownerId: 'chen', amount: 5 }, later: 0, late: 0 };
const visited: Happening = { type: 'VisitPaid', data: { ownerId: 'li' }, later: 0, late: 0 };
const advanced = (dealId: string, stage: string): Happening => ({
  type: 'DealAdvanced',
  data: { dealId, stage },
  later: 0,
  late: 0,
});

const happened: Happening[] = [];
beforeEach(() => {
  happened.length = 0;
});

/** Appends what happened next and waits until everybody has seen it. */
async function happen(...next: Happening[]): Promise<void> {
  happened.push(...next);
  await append(store, eventsOf(happened).slice(-next.length));
  await waitForPosition(database(), NAMES, await store.head(), 20_000);
}

/** What the live tables hold is what one page from the log into fresh tables would make of it. */
async function expectRight(one: Projection): Promise<void> {
  const live = await digest(database(), one);
  await Promise.all(running.map(({ stop }) => stop()));
  await forget(database(), one);
  await foldInPages(database(), one, store, 1_000);
  expect(live).toEqual(await digest(database(), one));
}

const ownerOf = async (name: string) =>
  (await projectionStatus(database(), store, () => new Date().toISOString())).find(one => one.name === name)?.owner;

describe('A running projector', () => {
  it('catches up and then follows the log', async () => {
    await append(store, eventsOf([opened]));
    happened.push(opened);
    run();
    await happen(advanced('d1', 'won'));
    await happen(visited, visited);
    await expectRight(pipeline);
  }, 30_000);

  it('reads the log once for all projections, and only the events that concern one of them', async () => {
    const reads: ReadAllOptions[] = [];
    const follow = store.follow.bind(store);
    store.follow = options => {
      reads.push(options);
      return follow(options);
    };
    run();
    await happen(opened);
    await eventually(() => reads.at(-1)!.types!.length > 2);
    const { types } = reads.at(-1)!;
    expect([...types!].sort()).toEqual(['DealAdvanced', 'DealErased', 'DealHandedOver', 'DealOpened', 'VisitPaid']);
  }, 30_000);

  it('leaves the work to the one that has it, and takes over when that one stops', async () => {
    const first = run({ owner: 'first' });
    await happen(opened);
    run({ owner: 'second' });
    await happen(visited);
    expect(await ownerOf('pipeline')).toBe('first');
    await first.stop();
    await happen(advanced('d1', 'won'));
    expect(await ownerOf('pipeline')).toBe('second');
    await expectRight(pipeline);
  }, 30_000);

  it('goes on when its connections are cut', async () => {
    run();
    await happen(opened);
    const { pool } = database();
    let noticed = 0;
    const notice = () => noticed++;
    pool.on('remove', notice);
    const { rowCount: cut } = await pool.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
    );
    // Not we, but the projector shall meet them.
    await eventually(() => noticed >= cut!);
    pool.off('remove', notice);
    await happen(visited, advanced('d1', 'won'));
    await expectRight(pipeline);
  }, 30_000);

  it('goes on with the rebuilt tables when somebody rebuilds under it', async () => {
    run();
    await happen(opened);
    const report = await rebuild({
      store,
      database: database(),
      projection: pipeline,
      timeZone: TIME_ZONE,
      log: silent,
    });
    expect(report.swapped).toBe(true);
    await happen(advanced('d1', 'won'));
    await expectRight(pipeline);
  }, 30_000);

  it('brings tables up to date that were swapped back, although nothing happens', async () => {
    run();
    await happen(opened);
    await rebuild({ store, database: database(), projection: pipeline, timeZone: TIME_ZONE, log: silent });
    await happen(advanced('d1', 'won'), visited);
    const { position } = (await findGeneration(database().pool, 'pipeline', 'previous'))!;
    expect(position).toBeLessThan(await store.head());
    await swapBack(database(), 'pipeline');
    await waitForPosition(database(), NAMES, await store.head(), 20_000);
    await expectRight(pipeline);
  }, 30_000);

  it('builds a new version beside the old one and swaps it', async () => {
    const old = run({ owner: 'old' });
    await happen(opened);
    run({ owner: 'new', projections: [{ ...pipeline, version: 2 }, owners] });
    await eventually(async () => (await findGeneration(database().pool, 'pipeline', 'live'))?.version === 2);
    // The old program must neither write to the new tables nor bring its own version back.
    await happen(advanced('d1', 'won'));
    expect(await ownerOf('pipeline')).toBe('new');
    await old.stop();
    await happen(visited);
    await expectRight({ ...pipeline, version: 2 });
  }, 30_000);

  it('builds beside when it has never been there and the log is long', async () => {
    const long = [opened, ...Array.from({ length: 6_000 }, () => visited)];
    await store.append('long', 'noStream', eventsOf(long));
    const messages: string[] = [];
    run({ log: { ...silent, info: (_, message) => messages.push(message) } });
    await waitForPosition(database(), NAMES, await store.head(), 20_000);
    const built = () => messages.filter(message => message === 'The projection was built and is live.').length;
    // Readers see the tables before the build is over: its lease is given back afterwards.
    await eventually(() => built() >= 2);
    expect(built()).toBe(2);
    await expectRight(pipeline);
  }, 30_000);

  it('follows page by page when a long log cannot be built because of one event, which is parked', async () => {
    const long = [opened, advanced('d1', 'poison'), ...Array.from({ length: 6_000 }, () => visited)];
    await store.append('long', 'noStream', eventsOf(long));
    run();
    await waitForPosition(database(), NAMES, await store.head(), 20_000);
    const status = await projectionStatus(database(), store, () => '2026-01-19T18:00:00.000Z');
    expect(status.find(({ name }) => name === 'pipeline')).toMatchObject({ deadLetters: 1, lastError: null });
    await expectRight(pipeline);
  }, 30_000);

  it('goes on with a parked row as soon as it was replayed', async () => {
    run();
    await happen(opened, advanced('d1', 'poison'));
    expect(await retryDeadLetters({ store, database: database(), projection: mended() })).toEqual({
      replayed: 1,
      left: 0,
    });
    await happen(advanced('d1', 'won'));
    const { rows } = await database().pool.query('select entries from pipeline.deals');
    expect(rows[0].entries.map(({ stage }: { stage: string }) => stage)).toEqual(['mended', 'won']);
  }, 30_000);
});
