import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { openPostgresStore, type PostgresEventStore } from '#event-store/postgres/postgres-event-store.js';
import { projections } from '#read-models/read-models.js';
import type { Child } from '#test/support/child.js';
import { type TestDatabase, testDatabase } from '#test/support/postgres.js';
import { type ApiProcess, startApi } from './api-process.js';
import { startProjector, type Variant } from './projector-process.js';
import { ReadModels, until } from './read-models.js';
import { Selling } from './selling.js';
import { Chance, PATIENCE_MS, report, trials } from './trials.js';

/** Times that the process which builds the new versions is killed, unless all were finished before. */
const KILLS = trials({ short: 1, full: 20 });

let database: TestDatabase;
let store: PostgresEventStore;
let readModels: ReadModels;
let selling: Selling;
const processes: Child[] = [];
beforeEach(async () => {
  database = await testDatabase();
  store = await openPostgresStore(database.url);
  readModels = new ReadModels(database.url, store);
  selling = new Selling(store, 'sales', 1);
});
afterEach(async () => {
  await selling.end();
  for (const process of processes.splice(0)) await process.kill();
  await readModels.close();
  await store.close();
  await database.drop();
});

function start(variant?: Variant): Child {
  const process = startProjector({ url: database.url, variant });
  processes.push(process);
  return process;
}

async function startReading(): Promise<Readers> {
  const api = await startApi(database.url, 'product', { PROJECTOR: 'off' });
  processes.push(api.child);
  return new Readers(api);
}

it(
  'New versions are built, killed and built again while people write and read, without an error, and can be swapped back',
  async () => {
    const chance = new Chance();
    start();
    const readers = await startReading();
    await readModels.caughtUp();
    const written = { from: Number(await store.head()), at: performance.now() };
    let kills = 0;
    for (; kills < KILLS && !(await allAreLater()); kills++) {
      const building = start('nextVersion');
      await until(async () => (await readModels.slots('next')).length > 0, 1);
      await sleep(chance.between(0, 50));
      await building.kill();
      await readModels.leasesExpire();
    }
    const unfinished = projections.length - (await readModels.slots('live', LATER)).length;
    const finishing = start('nextVersion');
    await until(allAreLater);
    await readModels.caughtUp();
    const perSecond = ((Number(await store.head()) - written.from) / (performance.now() - written.at)) * 1_000;
    await selling.end();
    await readModels.upToDate();
    const next = await readModels.digests();
    const { went } = readers;

    // As `docs/operations.md` says how to go back to the former version of the program.
    finishing.process.kill('SIGTERM');
    await finishing.ended;
    for (const { name } of projections) await readModels.swapBack(name);
    await readModels.upToDate();
    const { answers, errors } = await readers.end();
    for (const process of processes.splice(0)) await process.kill();
    const former = await readModels.digests();
    const wrong = await readModels.wrong();
    const figures = {
      kills,
      unfinished,
      events: Number(await store.head()),
      eventsPerSecond: Math.round(perSecond),
    };
    report('rebuild while live', chance, { ...figures, answers, errors: errors.length, wrong: wrong.length });
    expect({ errors, went, wrong }).toEqual({ errors: [], went: 'never back', wrong: [] });
    expect(former).toEqual(next);
    expect(kills).toBeGreaterThan(0);
    expect(answers).toBeGreaterThan(20);
  },
  PATIENCE_MS,
);

it('Control: readers notice it when old and new tables do not change places at once', async () => {
  start();
  const readers = await startReading();
  await readModels.caughtUp();
  await readModels.query('alter schema directory rename to directory__aside');
  await until(() => readers.errors > 0);
  await readModels.query('alter schema directory__aside rename to directory');
  expect((await readers.end()).errors).not.toEqual([]);
});

/** One version later than the product's, whatever that is. */
const LATER = new Map(projections.map(({ name, version }) => [name, version + 1]));

const allAreLater = async () => (await readModels.slots('live', LATER)).length === projections.length;

/** People who ask all the time, and notice errors and leads that were there and are gone. */
class Readers {
  private over = false;
  private answers = 0;
  private readonly failures: string[] = [];
  private most = 0;
  /** Whether what was there before was missing in a later answer. */
  went = 'never back';
  private readonly running: Promise<unknown>;

  constructor(private readonly api: ApiProcess) {
    this.running = Promise.all([this.read(), this.read()]);
  }

  get errors(): number {
    return this.failures.length;
  }

  async end() {
    this.over = true;
    await this.running;
    return { answers: this.answers, errors: [...new Set(this.failures)] };
  }

  private async read(): Promise<void> {
    const lists = ['leads', 'customers', 'opportunities', 'contracts', 'payments'].map(
      list => `${list} { totalCount }`,
    );
    const document = `{ ${lists.join(' ')} }`;
    for (; !this.over; this.answers++, await sleep(20)) {
      const { data, errors = [] } = await this.api.ask<{ leads: { totalCount: number } }>(document);
      this.failures.push(...errors.map(({ message, extensions }) => `${extensions.code} ${message}`));
      if (!data) continue;
      // With two readers an older answer may come later; but not older than by all that is written in the meantime.
      if (data.leads.totalCount + 50 < this.most) this.went = `from ${this.most} back to ${data.leads.totalCount}`;
      this.most = Math.max(this.most, data.leads.totalCount);
    }
  }
}
