import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import { OpenAccount } from '#crm/account/account.commands.js';
import { CaptureLead } from '#crm/lead/lead.commands.js';
import { asked, type Production, production } from '#test/hostile/production.js';
import { eventually } from '#test/operations/running.js';
import { UNLIMITED } from '#test/support/unlimited.js';
import { Chance, PATIENCE_MS, report, thorough } from './trials.js';

const EXPENSIVE = 200;
/** Without limits a part of them is enough. */
const FEWER = 40;
const LEADS = 600;
const SAMPLES = thorough ? 400 : 100;
/** What the promise says, and what a busy machine may make of it. */
const FACTOR = thorough ? 2 : 4;
const FLOOR_MS = 25;

const system = { actor: { id: 'seed', role: 'system' } };
const NORMAL = asked('{ leads(first: 10) { nodes { id name status } } }');
/** Just below the limit of cost. */
const COSTLY = asked(
  `{ ${[0, 1, 2].map(index => `a${index}: leads(first: 500) { nodes { id name source status company capturedOn changedAt position sourceEventId } }`).join(' ')} }`,
);

let api: Production;
afterEach(() => api?.close());

async function opened(limits: Readonly<Record<string, string>>): Promise<void> {
  api = await production(limits);
  const account = { accountId: 'mallory', name: 'M', role: 'administrator', email: 'mallory@corp.example' };
  await api.system.executor.send(OpenAccount, account, system);
  const captures = Array.from({ length: LEADS }, (_, index) =>
    api.system.executor.send(CaptureLead, { name: `线索 ${index}`, source: 'website' }, system),
  );
  await Promise.all(captures);
  api.project();
  const [token, body] = [`Bearer ${await api.token()}`, asked('{ leads { totalCount } }')];
  await eventually(
    async () => (await api.send(body, token)).text,
    text => text.includes(`"totalCount":${LEADS}`),
  );
}

/** Below which 99 of 100 stay, in ms; every one of them has to be answered. */
async function p99(token: string, samples = SAMPLES): Promise<number> {
  const times: number[] = [];
  for (let count = 0; count < samples; count++) {
    const began = performance.now();
    expect((await api.send(NORMAL, token)).status).toBe(200);
    times.push(performance.now() - began);
    await sleep(2);
  }
  return times.sort((one, other) => one - other)[Math.ceil(times.length * 0.99) - 1]!;
}

interface Attacked {
  readonly usual: number;
  readonly attacked: number;
  readonly sent: number;
  /** Expensive documents that were answered, of those that were sent. */
  readonly answered: number;
  readonly megabytes: number;
}

/** Normal load alone, and beside somebody who sends expensive documents, all at once. */
async function attack(sent = EXPENSIVE, samples = SAMPLES): Promise<Attacked> {
  const [boss, mallory] = [`Bearer ${await api.token()}`, `Bearer ${await api.token('mallory@corp.example')}`];
  await p99(boss); // until everything is warm
  const usual = await p99(boss);
  const before = process.memoryUsage().rss;
  let peak = before;
  const watch = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage().rss);
  }, 20);
  const expensive = Array.from({ length: sent }, async () => (await api.send(COSTLY, mallory)).status);
  const attacked = await p99(boss, samples);
  const statuses = await Promise.all(expensive);
  clearInterval(watch);
  expect(statuses.every(status => status === 200 || status === 429)).toBe(true);
  const answered = statuses.filter(status => status === 200).length;
  return { usual, attacked, sent, answered, megabytes: (peak - before) / 2 ** 20 };
}

const figures = ({ usual, attacked, sent, answered, megabytes }: Attacked) => ({
  'p99 alone ms': usual.toFixed(1),
  'p99 beside ms': attacked.toFixed(1),
  sent,
  answered,
  'memory MiB': megabytes.toFixed(0),
});

describe(`Somebody who sends ${EXPENSIVE} expensive documents at once`, () => {
  it(
    'does not slow down the others: most are refused, and memory stays bounded',
    async () => {
      await opened({ RATE_LIMIT_COST: '10000' });
      const attacked = await attack();
      report('hostile load', new Chance(), figures(attacked));
      expect(attacked.answered).toBeGreaterThan(0);
      expect(attacked.answered).toBeLessThanOrEqual(20);
      expect(attacked.attacked).toBeLessThan(Math.max(attacked.usual, FLOOR_MS) * FACTOR);
      expect(attacked.megabytes).toBeLessThan(200);
    },
    PATIENCE_MS,
  );

  it(
    'would slow them down, were all of them answered: the control',
    async () => {
      await opened(UNLIMITED);
      const attacked = await attack(FEWER, 10);
      report('hostile load without limits', new Chance(), figures(attacked));
      expect(attacked.answered).toBe(FEWER);
      expect(attacked.attacked).toBeGreaterThan(Math.max(attacked.usual, FLOOR_MS) * FACTOR);
    },
    PATIENCE_MS,
  );
});
