import { afterEach, describe, expect, it } from '@jest/globals';
import { OpenAccount } from '#crm/account/account.commands.js';
import { asked, type Production, production, type Sent } from '#test/hostile/production.js';
import { eventually } from '#test/operations/running.js';
import { Chance, report } from './trials.js';

const REQUESTS = 1_000;
const AT_ONCE = 50;
/** What may be used up within one. */
const WINDOW_SECONDS = 10;

let api: Production;
afterEach(() => api?.close());

interface Outcome {
  readonly passed: number;
  readonly refused: number;
  /** How many windows the requests can have touched. */
  readonly windows: number;
}

/** Sends so many requests, some at a time; each passes or is refused for its rate, there is nothing in between. */
async function sendAll(sentAt: (index: number) => Sent, authorization?: string, count = REQUESTS): Promise<Outcome> {
  const began = performance.now();
  let [next, passed, refused] = [0, 0, 0];
  const sendSome = async () => {
    while (next < count) {
      const { status, text, headers } = await api.send(sentAt(next++), authorization);
      if (status !== 429) passed++;
      else {
        refused++;
        expect(JSON.parse(text)).toMatchObject({
          errors: [{ extensions: { code: 'RATE_LIMITED', retryAfterSeconds: Number(headers.get('retry-after')) } }],
        });
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, sendSome));
  return { passed, refused, windows: Math.floor((performance.now() - began) / (WINDOW_SECONDS * 1_000)) + 1 };
}

const signedIn = async (email?: string) => `Bearer ${await api.token(email)}`;
const PING = asked('{ __typename }');
const captures = (count: number) =>
  asked(
    `mutation { ${Array.from({ length: count }, (_, index) => `a${index}: captureLead(input: { name: "x" }) { id }`).join(' ')} }`,
  );

async function captured(): Promise<number> {
  let count = 0;
  for await (const events of api.system.store.readAll({ types: ['LeadCaptured'] })) count += events.events.length;
  return count;
}

describe(`Of ${REQUESTS} requests not more than the limit pass`, () => {
  it('from an address, signed in or not, whatever it says of where it comes from', async () => {
    api = await production({ RATE_LIMIT_REQUESTS: '10' });
    const claimed = (index: number) => ({
      ...PING,
      headers: { ...PING.headers, 'x-forwarded-for': `10.0.${index % 250}.1` },
    });
    const { passed, refused, windows } = await sendAll(claimed, await signedIn());
    report('rate of an address', new Chance(), { requests: REQUESTS, passed, limit: 100 * windows });
    expect(passed).toBeGreaterThanOrEqual(100);
    expect(passed).toBeLessThanOrEqual(100 * windows);
    expect(refused).toBe(REQUESTS - passed);
    expect((await api.send({ path: '/health/live', method: 'GET' })).status).toBe(200);
  });

  it('of an account, each command of a document counted; what is refused is not done in part', async () => {
    api = await production({ RATE_LIMIT_COMMANDS: '4', RATE_LIMIT_COST: 'off' });
    const { passed, windows } = await sendAll(() => captures(10), await signedIn(), REQUESTS / 10);
    const leads = await captured();
    report('rate of aliased commands', new Chance(), { commands: REQUESTS, done: leads, limit: 40 * windows });
    expect(leads).toBe(passed * 10);
    expect(passed).toBeGreaterThanOrEqual(4);
    expect(leads).toBeLessThanOrEqual(40 * windows);
  });

  it('all of them where there is no limit: the control', async () => {
    api = await production();
    expect(await sendAll(() => PING, await signedIn())).toMatchObject({ passed: REQUESTS, refused: 0 });
  });
});

describe('A limit', () => {
  it('of one account leaves others alone, and reading goes on while commands are refused', async () => {
    api = await production({ RATE_LIMIT_COMMANDS: '1', RATE_LIMIT_COST: 'off' });
    const account = { accountId: 'etl', name: 'ETL', role: 'administrator', email: 'etl@corp.example' };
    await api.system.executor.send(OpenAccount, account, { actor: { id: 'seed', role: 'system' } });
    const [boss, machine] = [await signedIn(), await signedIn('etl@corp.example')];
    await eventually(
      async () => (await api.send(PING, machine)).status,
      status => status === 200,
    );
    expect((await api.send(captures(10), boss)).status).toBe(200);
    expect((await api.send(captures(1), boss)).status).toBe(429);
    expect((await api.send(PING, boss)).status).toBe(200);
    expect((await api.send(captures(10), machine)).status).toBe(200);
  });

  it('of cost counts what operations cost, not how many they are', async () => {
    api = await production({ RATE_LIMIT_COST: '500' });
    const boss = await signedIn();
    const costly = asked('{ leads(first: 500) { nodes { id name source status } } }');
    expect((await api.send(costly, boss)).status).toBe(200);
    expect((await api.send(costly, boss)).status).toBe(200);
    expect(await api.send(costly, boss)).toMatchObject({ status: 429, text: expect.stringContaining('Too much work') });
  });

  it('counts clients behind a trusted proxy apart', async () => {
    api = await production({ RATE_LIMIT_REQUESTS: '1', TRUST_PROXY: '127.0.0.1' });
    const boss = await signedIn();
    const from = (address: string) => ({ ...PING, headers: { ...PING.headers, 'x-forwarded-for': address } });
    const one = await sendAll(() => from('198.51.100.1'), boss, 20);
    expect(one.refused).toBeGreaterThan(0);
    expect((await api.send(from('198.51.100.2'), boss)).status).toBe(200);
    // Two addresses of one IPv6 network are one client.
    await sendAll(() => from('2001:db8::1'), boss, 20);
    expect((await api.send(from('2001:db8:0:0:ffff::2'), boss)).status).toBe(429);
    expect((await api.send(from('2001:db8:0:1::1'), boss)).status).toBe(200);
  });
});
