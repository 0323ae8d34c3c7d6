import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from '@jest/globals';
import { testDatabase } from '#test/support/postgres.js';
import { type ApiProcess, startApi } from './api-process.js';
import { acknowledgedOf, Load, missingIn } from './load.js';
import { Chance, PATIENCE_MS, report, trials } from './trials.js';

const STOPS = trials({ short: 1, full: 50 });
const PER_SECOND = 100;
const LONGEST_STOP_MS = 10_000;

const started: ApiProcess[] = [];
afterEach(async () => {
  for (const { child } of started.splice(0)) await child.kill();
});

it(
  'SIGTERM at 100 requests a second loses no acknowledged command, and the process ends within ten seconds',
  async () => {
    const chance = new Chance();
    const total = {
      stops: STOPS,
      acknowledged: 0,
      lost: 0,
      refused: 0,
      unanswered: 0,
      slowestStopMs: 0,
      failedExits: 0,
    };
    for (let stop = 0; stop < STOPS; stop++) {
      const outcome = await stopUnderLoad('product', chance.between(100, 1_000));
      total.acknowledged += outcome.acknowledged;
      total.lost += outcome.lost;
      total.refused += outcome.refused;
      total.unanswered += outcome.unanswered;
      total.slowestStopMs = Math.max(total.slowestStopMs, outcome.stopMs);
      if (outcome.exitCode !== 0) total.failedExits++;
    }
    report('graceful stop under load', chance, total);
    expect(total).toMatchObject({ lost: 0, unanswered: 0, failedExits: 0 });
    expect(total.slowestStopMs).toBeLessThan(LONGEST_STOP_MS);
    expect(total.acknowledged).toBeGreaterThanOrEqual(STOPS * 20);
  },
  PATIENCE_MS,
);

it('Control: a process that acknowledges before it has appended loses commands', async () => {
  expect((await stopUnderLoad('hasty', 100)).lost).toBeGreaterThan(0);
});

/**
 * `unanswered` counts requests that had left before the signal and got no answer: those a process that stops must still answer.
 * (What leaves at the moment of the signal may meet a connection that is just being closed.)
 */
async function stopUnderLoad(variant: 'product' | 'hasty', milliseconds: number) {
  const database = await testDatabase();
  const api = await startApi(database.url, variant);
  started.push(api);
  const load = new Load(api, PER_SECOND);
  await load.answered(20);
  await sleep(milliseconds);
  const signalled = performance.now();
  api.child.process.kill('SIGTERM');
  const exitCode = await api.child.ended;
  const stopMs = Math.round(performance.now() - signalled);
  const requests = await load.end();

  const lost = await missingIn(database.url, requests);
  await database.drop();
  return {
    exitCode,
    stopMs,
    acknowledged: acknowledgedOf(requests).length,
    lost,
    refused: requests.filter(({ answer }) => typeof answer === 'object' && 'refused' in answer).length,
    unanswered: requests.filter(({ handedOver, answer }) => answer === 'no answer' && handedOver! < signalled).length,
  };
}
