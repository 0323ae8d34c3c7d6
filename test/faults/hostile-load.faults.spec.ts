import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { AUDIENCE, type IdentityProvider, identityProvider, newKey, signed } from '#test/access/identity-provider.js';
import { eventually } from '#test/operations/running.js';
import { type TestDatabase, testDatabase } from '#test/support/postgres.js';
import { UNLIMITED } from '#test/support/unlimited.js';
import { type ApiProcess, type ApiVariant, startApi } from './api-process.js';
import { Clients } from './clients.js';
import { memoryOf } from './memory.js';
import { Chance, PATIENCE_MS, report, thorough } from './trials.js';

const EXPENSIVE = 200;
/** Over so many connections, each sending the next as soon as the last was answered. */
const CONNECTIONS = 20;
/** Without limits a part of them is enough. */
const FEWER = 40;
const LEADS = 600;
/** One after the other without and with an attack, so that what else the machine does meets both alike. */
const WINDOWS = thorough ? 10 : 3;
const WINDOW_MS = thorough ? 4_000 : 1_500;
/** Normal requests come whether or not those before were answered. */
const EVERY_MS = 20;
/**
 * The promise says 2; on two cores, which clients and database share with the API, 2.5 to 2.8 times the usual were seen on a quiet
 * machine. The other tests that run beside the short version disturb more. Without limits it is hundreds of times.
 */
const [FACTOR, FLOOR_MS] = thorough ? [4, 10] : [10, 25];

const NORMAL = '{ leads(first: 10) { nodes { id name status } } }';
/** Just below the limit of cost. */
const COSTLY = `{ ${[0, 1, 2].map(index => `a${index}: leads(first: 500) { nodes { id name source status company capturedOn changedAt position sourceEventId } }`).join(' ')} }`;
const key = newKey('k1');
const attacker = (window: number) => `mallory${window}@corp.example`;

let provider: IdentityProvider;
let database: TestDatabase;
let api: ApiProcess;
/** Each in a process of its own: on other machines the work of some would not delay what others see, either. */
let [normal, attackers]: Clients[] = [];
beforeEach(() => {
  [normal, attackers] = [Clients.start(), Clients.start()];
});
afterEach(async () => {
  normal?.stop();
  attackers?.stop();
  await api?.child.kill();
  await database?.drop();
  await provider?.close();
});

const tokenOf = async (email: string) =>
  `Bearer ${await signed({ issuer: provider.issuer, email, expiresIn: 3_600 }, { alg: 'RS256', kid: key.id, key: key.privateKey })}`;

async function send(query: string, authorization: string): Promise<{ status: number; text: string }> {
  const headers = { 'content-type': 'application/json', authorization };
  const answer = await fetch(api.url, { method: 'POST', headers, body: JSON.stringify({ query }) });
  return { status: answer.status, text: await answer.text() };
}

/** The API as it runs in production, in a process of its own, with leads and an account for each attack. */
async function opened(limits: Readonly<Record<string, string>>, variant?: ApiVariant): Promise<string> {
  provider = await identityProvider();
  provider.publish(key);
  database = await testDatabase();
  const { issuer } = provider;
  const production = {
    NODE_ENV: 'production',
    OIDC_ISSUER: issuer,
    OIDC_AUDIENCE: AUDIENCE,
    ADMIN_EMAIL: 'boss@corp.example',
  };
  api = await startApi(database.url, variant, {
    ...production,
    RATE_LIMIT_REQUESTS: 'off',
    RATE_LIMIT_COMMANDS: 'off',
    ...limits,
  });
  const boss = await tokenOf('boss@corp.example');
  const commands = [
    ...Array.from(
      { length: WINDOWS },
      (_, window) =>
        `openAccount(input: { accountId: "m${window}", name: "M", role: ADMINISTRATOR, email: "${attacker(window)}" })`,
    ),
    ...Array.from({ length: LEADS }, (_, index) => `captureLead(input: { name: "线索 ${index}", source: "website" })`),
  ];
  for (let from = 0; from < commands.length; from += 20) {
    const some = commands.slice(from, from + 20).map((command, index) => `c${index}: ${command} { id }`);
    expect((await send(`mutation { ${some.join(' ')} }`, boss)).text).not.toContain('errors');
  }
  await eventually(
    async () => (await send('{ leads { totalCount } }', boss)).text,
    text => text.includes(`"totalCount":${LEADS}`),
  );
  return boss;
}

/** Below which 99 of 100 normal requests stay, in ms; every one of them has to be answered. */
async function p99(authorization: string): Promise<number> {
  const work = { url: api.url, query: NORMAL, authorization, everyMs: EVERY_MS, forMs: WINDOW_MS };
  const { p99, failed } = await normal!.askSteadily(work);
  expect(failed).toBe(0);
  return p99;
}

/** How often each status answered so many expensive documents. */
const hammer = (authorization: string, requests: number) =>
  attackers!.hammer({ url: api.url, query: COSTLY, authorization, requests, connections: CONNECTIONS });

interface Attacked {
  /** The medians of all windows. */
  readonly usual: number;
  readonly attacked: number;
  /** Expensive documents that were answered in each window. */
  readonly answered: number[];
  readonly megabytes: number;
}

/** Normal load alone, and beside somebody who sends expensive documents; in each window somebody else. */
async function attack(boss: string, sent: number, windows: number): Promise<Attacked> {
  await p99(boss); // until everything is warm
  const before = memoryOf(api.child.process.pid!);
  let peak = before;
  const watch = setInterval(() => {
    peak = Math.max(peak, memoryOf(api.child.process.pid!));
  }, 20);
  const [usual, attacked, answered]: [number[], number[], number[]] = [[], [], []];
  for (let window = 0; window < windows; window++) {
    usual.push(await p99(boss));
    const mallory = await tokenOf(attacker(window));
    const attacking = hammer(mallory, sent);
    attacked.push(await p99(boss));
    const statuses = await attacking;
    const { 200: passed = 0, 429: refused = 0 } = statuses;
    expect(passed + refused).toBe(sent);
    answered.push(passed);
  }
  clearInterval(watch);
  return { usual: median(usual), attacked: median(attacked), answered, megabytes: (peak - before) / 2 ** 20 };
}

const median = (values: number[]) => values.sort((one, other) => one - other)[values.length >> 1]!;

const figures = (sent: number, { usual, attacked, answered, megabytes }: Attacked) => ({
  windows: answered.length,
  'p99 alone ms': usual.toFixed(1),
  'p99 beside ms': attacked.toFixed(1),
  sent,
  'answered at most': Math.max(...answered),
  'memory MiB': megabytes.toFixed(0),
});

describe(`Somebody who sends ${EXPENSIVE} expensive documents over ${CONNECTIONS} connections`, () => {
  it(
    'does not slow down the others: most are refused, and memory stays bounded',
    async () => {
      const boss = await opened({ RATE_LIMIT_COST: '10000' });
      const attacked = await attack(boss, EXPENSIVE, WINDOWS);
      report('hostile load', new Chance(), figures(EXPENSIVE, attacked));
      expect(Math.min(...attacked.answered)).toBeGreaterThan(0);
      expect(Math.max(...attacked.answered)).toBeLessThanOrEqual(20);
      expect(attacked.attacked).toBeLessThan(Math.max(attacked.usual, FLOOR_MS) * FACTOR);
      expect(attacked.megabytes).toBeLessThan(200);
    },
    PATIENCE_MS,
  );

  it(
    'would slow them down, were all of them answered: the control',
    async () => {
      const boss = await opened({ ...UNLIMITED });
      const attacked = await attack(boss, FEWER, 1);
      report('hostile load without limits', new Chance(), figures(FEWER, attacked));
      expect(attacked.answered).toEqual([FEWER]);
      expect(attacked.attacked).toBeGreaterThan(Math.max(attacked.usual, FLOOR_MS) * FACTOR);
    },
    PATIENCE_MS,
  );
});
