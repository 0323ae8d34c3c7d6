import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { NestFactory } from '@nestjs/core';
import { Args, Mutation, Resolver } from '@nestjs/graphql';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { openAccess } from '#apps/api/src/access.js';
import { apiModule } from '#apps/api/src/api.module.js';
import type { System } from '#apps/system/src/system.js';
import { ReceiptType } from '#crm/execution/receipt.type.js';
import { CaptureLead } from '#crm/lead/lead.commands.js';
import { Allow } from '#platform/access/allow.js';
import { median } from './figures.js';
import type { Finding } from './finding.js';
import type { Surroundings } from './surroundings.js';

const CONNECTIONS = 64;
const ROUNDS = 7;
const GOAL = 0.6;
const RECEIPT = { id: 'b7e2a3f0-7d6c-4f0e-9d55-3f0f6f1d7a10', revision: 0, position: 1n, changed: true };
const LEAD = { name: '上海贸易有限公司', source: 'website', email: 'info@example.com', region: '华东' };

const LOAD_NOTE = `\`autocannon\` in a process of its own, ${CONNECTIONS} connections, one request each at a time; it, the API and Postgres share the cores. No projector runs.`;
const OURS = `\`captureLead\` over HTTP: parse, check, decide, append, answer. ${LOAD_NOTE}`;
const EMPTY = `A mutation with the same input and answer on the same server, whose resolver returns a constant. ${LOAD_NOTE}`;

/** What a mutation costs before anything of ours happens. */
@Resolver()
class EmptyMutation {
  @Allow('lead.capture')
  @Mutation(() => ReceiptType, { description: 'Does nothing.' })
  nothing(@Args('input', { type: () => CaptureLead }) _: object): ReceiptType {
    return RECEIPT;
  }
}

interface Listening {
  readonly url: string;
  readonly token: string;
  close(): Promise<void>;
}

async function listening(system: System): Promise<Listening> {
  const access = await openAccess(system);
  const api = apiModule(system, access, {});
  const withEmpty = { ...api, providers: [...api.providers!, EmptyMutation] };
  const app = await NestFactory.create<NestFastifyApplication>(withEmpty, new FastifyAdapter(), {
    logger: ['error', 'warn'],
    forceCloseConnections: true,
  });
  await app.listen(0, '127.0.0.1');
  const close = async () => {
    await app.close();
    await access.identities.close();
  };
  return { url: `${await app.getUrl()}/graphql`, token: access.token!, close };
}

interface Answered {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly count: number;
}

/** @throws Error when a request failed. */
async function loaded({ url, token }: Listening, mutation: string, seconds: number): Promise<Answered> {
  const query = `mutation ($input: CaptureLeadInput!) { ${mutation}(input: $input) { id revision position changed } }`;
  const { stdout } = await promisify(execFile)(process.execPath, [
    resolve('bench/peers/node_modules/autocannon/autocannon.js'),
    ...['--json', '--no-progress', '--connections', String(CONNECTIONS), '--duration', String(seconds)],
    ...['--method', 'POST', '--headers', 'content-type=application/json'],
    ...['--headers', `authorization=Bearer ${token}`],
    ...['--body', JSON.stringify({ query, variables: { input: LEAD } }), url],
  ]);
  const { latency, duration, non2xx, errors, ...said } = JSON.parse(stdout) as AutocannonResult;
  if (non2xx + errors > 0) throw new Error(`${non2xx + errors} requests of ${mutation} failed.`);
  const count = said['2xx'];
  return { perSecond: count / duration, p50: latency.p50, p99: latency.p99, count };
}

/** As little as is needed of what autocannon says. */
interface AutocannonResult {
  readonly latency: { readonly p50: number; readonly p99: number };
  readonly duration: number;
  readonly '2xx': number;
  readonly non2xx: number;
  readonly errors: number;
}

const ratesOf = (runs: readonly Answered[]) => ({
  values: runs.map(({ perSecond }) => perSecond),
  latency: { p50: median(runs.map(({ p50 }) => p50)), p99: median(runs.map(({ p99 }) => p99)) },
});

/** A mutation as a client sees it, against one that does nothing. */
export function benchMutation({ onSystem, full }: Surroundings): Promise<Finding[]> {
  return onSystem(async system => {
    const api = await listening(system);
    try {
      const seconds = full ? 5 : 2;
      const [ours, empty]: [Answered[], Answered[]] = [[], []];
      await loaded(api, 'captureLead', seconds);
      await loaded(api, 'nothing', seconds);
      for (let round = 0; round < ROUNDS; round++) {
        ours.push(await captured(system, api, seconds));
        empty.push(await loaded(api, 'nothing', seconds));
      }
      const baseline = { name: 'empty mutation', configured: EMPTY, ...ratesOf(empty), timesAtLeast: GOAL };
      const what = `mutation over HTTP, ${CONNECTIONS} connections`;
      return [{ what, configured: OURS, unit: 'per second', ...ratesOf(ours), baselines: [baseline] }];
    } finally {
      await api.close();
    }
  });
}

/** GraphQL answers an error with status 200, so what counts is what stands in the log. */
async function captured({ store }: System, api: Listening, seconds: number): Promise<Answered> {
  const before = await store.head();
  const answered = await loaded(api, 'captureLead', seconds);
  if ((await store.head()) - before < BigInt(answered.count)) throw new Error('Not every mutation left an event.');
  return answered;
}
