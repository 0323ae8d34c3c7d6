import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { type ApiProcess, startApi } from './api-process.js';
import { acknowledgedOf, Load, missingIn } from './load.js';
import { OwnPostgres } from './own-postgres.js';
import { Chance, PATIENCE_MS, report, thorough, trials } from './trials.js';

const OUTAGES = trials({ short: 1, full: 20 });
const OUTAGE_MS = thorough ? 30_000 : 1_500;
const GOES_ON_WITHIN_MS = 5_000;
/** The short version also runs on machines that have other things to do. */
const READ_MODELS_GO_ON_WITHIN_MS = thorough ? GOES_ON_WITHIN_MS : 10_000;
const PER_SECOND = 50;

let postgres: OwnPostgres;
const started: ApiProcess[] = [];
beforeAll(async () => {
  postgres = await OwnPostgres.start();
});
afterEach(async () => {
  for (const { child } of started.splice(0)) await child.kill();
});
afterAll(() => postgres?.remove());

async function start(variant?: 'hasty'): Promise<ApiProcess> {
  const api = await startApi(postgres.url, variant);
  started.push(api);
  return api;
}

it(
  'While the database is away the API says so, acknowledges nothing that is not kept, and goes on within five seconds',
  async () => {
    const chance = new Chance();
    const api = await start();
    for (let n = 0; n < OUTAGES; n++) {
      const outcome = await outage(api, chance.between(0, 300));
      report('database away', chance, { outageMs: OUTAGE_MS, ...outcome });
      expect(outcome).toMatchObject({ falseSuccesses: 0, readyAnswers: '503', liveAnswers: '200' });
      expect(outcome.acknowledged).toBeGreaterThan(0);
      expect(outcome.acknowledgesAfterMs).toBeLessThan(GOES_ON_WITHIN_MS);
      expect(outcome.readyAfterMs).toBeLessThan(READ_MODELS_GO_ON_WITHIN_MS);
      expect(outcome.readModelsAfterMs).toBeLessThan(READ_MODELS_GO_ON_WITHIN_MS);
    }
  },
  PATIENCE_MS,
);

it('Control: a process that acknowledges before it has appended says yes while the database is away', async () => {
  const api = await start('hasty');
  const load = new Load(api, PER_SECOND);
  await load.answered(5);
  await postgres.stop();
  await load.answered(5);
  const requests = await load.end();
  await postgres.start();
  expect(await missingIn(postgres.url, requests)).toBeGreaterThan(0);
});

/** Stops the database under load and starts it again. Times are counted from the moment at which it is ready. */
async function outage(api: ApiProcess, after: number) {
  const load = new Load(api, PER_SECOND);
  await load.answered(5);
  await sleep(after);
  await postgres.stop();
  const seen = { ready: new Set<number>(), live: new Set<number>() };
  for (const until = performance.now() + OUTAGE_MS; performance.now() < until; await sleep(100)) {
    seen.ready.add(await api.health('ready'));
    seen.live.add(await api.health('live'));
  }
  await postgres.start();
  const back = performance.now();
  const since = () => Math.round(performance.now() - back);
  const [acknowledgesAfterMs, readyAfterMs] = await Promise.all([
    load.acknowledged().then(since),
    untilReady(api).then(since),
  ]);
  const requests = await load.end();
  while ((await api.lag()) !== 0) await sleep(10);
  return {
    requests: requests.length,
    acknowledged: acknowledgedOf(requests).length,
    falseSuccesses: await missingIn(postgres.url, requests),
    readyAnswers: [...seen.ready].join(),
    liveAnswers: [...seen.live].join(),
    readyAfterMs,
    acknowledgesAfterMs,
    readModelsAfterMs: since(),
  };
}

async function untilReady(api: ApiProcess): Promise<void> {
  while ((await api.health('ready')) !== 200) await sleep(10);
}
