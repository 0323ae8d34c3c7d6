import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { NestFactory } from '@nestjs/core';
import { Args, Mutation, Resolver } from '@nestjs/graphql';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { apiModule } from '#apps/api/src/api.module.js';
import type { System } from '#apps/system/src/system.js';
import { ReceiptType } from '#crm/execution/receipt.type.js';
import { CaptureLead } from '#crm/lead/lead.commands.js';
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
  @Mutation(() => ReceiptType, { description: 'Does nothing.' })
  nothing(@Args('input', { type: () => CaptureLead }) _: object): ReceiptType {
    return RECEIPT;
  }
}

async function listening(system: System): Promise<{ url: string; close(): Promise<void> }> {
  const api = apiModule(system, {});
  const withEmpty = { ...api, providers: [...api.providers!, EmptyMutation] };
  const app = await NestFactory.create<NestFastifyApplication>(withEmpty, new FastifyAdapter(), {
    logger: ['error', 'warn'],
    forceCloseConnections: true,
  });
  await app.listen(0, '127.0.0.1');
  return { url: `${await app.getUrl()}/graphql`, close: () => app.close() };
}

interface Answered {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly count: number;
}

/** @throws Error when a request failed. */
async function loaded(url: string, mutation: string, seconds: number): Promise<Answered> {
  const query = `mutation ($input: CaptureLeadInput!) { ${mutation}(input: $input) { id revision position changed } }`;
  const { stdout } = await promisify(execFile)(process.execPath, [
    resolve('bench/peers/node_modules/autocannon/autocannon.js'),
    ...['--json', '--no-progress', '--connections', String(CONNECTIONS), '--duration', String(seconds)],
    ...['--method', 'POST', '--headers', 'content-type=application/json'],
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
    const { url, close } = await listening(system);
    try {
      const seconds = full ? 5 : 2;
      const [ours, empty]: [Answered[], Answered[]] = [[], []];
      await loaded(url, 'captureLead', seconds);
      await loaded(url, 'nothing', seconds);
      for (let round = 0; round < ROUNDS; round++) {
        ours.push(await captured(system, url, seconds));
        empty.push(await loaded(url, 'nothing', seconds));
      }
      const baseline = { name: 'empty mutation', configured: EMPTY, ...ratesOf(empty), timesAtLeast: GOAL };
      const what = `mutation over HTTP, ${CONNECTIONS} connections`;
      return [{ what, configured: OURS, unit: 'per second', ...ratesOf(ours), baselines: [baseline] }];
    } finally {
      await close();
    }
  });
}

/** GraphQL answers an error with status 200, so what counts is what stands in the log. */
async function captured({ store }: System, url: string, seconds: number): Promise<Answered> {
  const before = await store.head();
  const answered = await loaded(url, 'captureLead', seconds);
  if ((await store.head()) - before < BigInt(answered.count)) throw new Error('Not every mutation left an event.');
  return answered;
}
