import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { openPostgresStore, type PostgresEventStore } from '#event-store/postgres/postgres-event-store.js';
import type { Child } from '#test/support/child.js';
import { type TestDatabase, testDatabase } from '#test/support/postgres.js';
import { startProjector, type Variant } from './projector-process.js';
import { ReadModels, until } from './read-models.js';
import { Selling, wrongEffects } from './selling.js';
import { Chance, PATIENCE_MS, report, trials } from './trials.js';

const KILLS = trials({ short: 3, full: 200 });
/** After so many kills everything is compared, so that a failed run names a short stretch of them. */
const KILLS_PER_COMPARISON = 20;
/** All of them have a page to write, and then stand between rows and checkpoint. */
const READ_MODELS = 9;

let database: TestDatabase;
let store: PostgresEventStore;
let readModels: ReadModels;
let projector: Child | undefined;
let selling: Selling | undefined;
beforeEach(async () => {
  database = await testDatabase();
  store = await openPostgresStore(database.url);
  readModels = new ReadModels(database.url, store);
});
afterEach(async () => {
  await selling?.end();
  await projector?.kill();
  await readModels.close();
  await store.close();
  await database.drop();
});

function start(variant?: Variant): Child {
  projector = startProjector({ url: database.url, variant });
  return projector;
}

it(
  'Every event counts once in every read model, and each policy acts once, however often the projector is killed',
  async () => {
    const chance = new Chance();
    const total = { kills: 0, behindWhenKilled: 0, stories: 0 };
    for (let batch = 0; total.kills < KILLS; batch++) {
      selling = new Selling(store, `k${batch}`, 4);
      for (let n = 0; n < KILLS_PER_COMPARISON && total.kills < KILLS; n++, total.kills++)
        total.behindWhenKilled += Number(await killAtWork(start(), chance.between(0, 400)));
      await selling.end();
      total.stories += selling.stories;
      await readModels.leasesExpire();
      const last = start();
      await readModels.upToDate();
      last.process.kill('SIGTERM');
      await last.ended;
      const outcome = { wrong: await readModels.wrong(), ...(await wrongEffects(store)) };
      report('each event counts once', chance, {
        ...total,
        events: Number(await store.head()),
        ...outcome,
        wrong: outcome.wrong.length,
      });
      expect(outcome).toEqual({ wrong: [], missing: 0, repeated: 0 });
    }
    expect(total.stories).toBeGreaterThan(0);
    expect(total.behindWhenKilled).toBeGreaterThan(0);
  },
  PATIENCE_MS,
);

it('Control: where the checkpoint moves in a transaction of its own, events count twice after a kill', async () => {
  selling = new Selling(store, 'control', 1);
  await until(() => selling!.stories > 3);
  await selling.end();
  const broken = start('checkpointApart');
  for (let standing = 0; standing < READ_MODELS; standing++) while ((await broken.line()) !== 'between');
  await broken.kill();
  await readModels.leasesExpire();
  const mended = start();
  await readModels.upToDate();
  await mended.kill();
  expect(await readModels.wrong()).toContain('history');
});

/** Kills it some milliseconds after its first step; answers whether there was something left to do at that moment. */
async function killAtWork(process: Child, milliseconds: number): Promise<boolean> {
  await readModels.leasesExpire().catch(() => undefined); // before the first start there is no registry
  const before = Math.min(...(await positions()));
  await until(async () => Math.min(...(await positions())) > before);
  await sleep(milliseconds);
  await process.kill();
  return Math.min(...(await positions())) < Number(await store.head());
}

const positions = async () => [0, ...(await readModels.positions().catch(() => new Map())).values()].slice(-9);
