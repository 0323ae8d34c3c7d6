import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import pg from 'pg';
import type { NewEvent } from '#event-sourcing/event.js';
import { openPostgresStore } from '#event-store/postgres/postgres-event-store.js';
import { quantile } from './figures.js';

/** Writes one event to a stream; `revision` is the one that it gets. */
type Append = (stream: string, revision: number, event: NewEvent) => Promise<unknown>;

interface Contender {
  readonly append: Append;
  close(): Promise<unknown>;
}

/** The median of the runs: appends per second, and latencies in milliseconds. */
export interface AppendFigures {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
}

export interface AppendComparison {
  readonly callers: number;
  readonly chronicle: AppendFigures;
  readonly emmett: AppendFigures;
  readonly bareInsert: AppendFigures;
  /** How many times faster Chronicle is, as the median of the ratios within a round. */
  readonly timesEmmett: number;
  readonly timesBareInsert: number;
}

const CALLERS = [1, 32, 128];
const ROUNDS = 5;
const EVENTS_PER_STREAM = 10;
/** The default of `pg`, and so of Emmett; on two cores the others were slower with 32. */
const POOL_SIZE = 10;

async function chronicle(url: string): Promise<Contender> {
  const store = await openPostgresStore(url, { readers: POOL_SIZE - 1 });
  return {
    append: (stream, revision, event) =>
      store.append(stream, revision === 0 ? 'noStream' : BigInt(revision - 1), [event]),
    close: () => store.close(),
  };
}

/** Set up as its documentation says for production: a pool of its own, the schema migrated beforehand. */
async function emmett(url: string): Promise<Contender> {
  const require = createRequire(resolve('bench/peers/package.json'));
  if (!existsSync(resolve('bench/peers/node_modules')))
    throw new Error('Emmett is missing: run `npm ci` in bench/peers first.');
  const library = require('@event-driven-io/emmett-postgresql') as EmmettLibrary;
  const pool = new (require('pg') as typeof pg).Pool({ connectionString: url, max: POOL_SIZE });
  const options = { connectionOptions: { pool }, schema: { autoMigration: 'None' } };
  const store = library.getPostgreSQLEventStore(url, options);
  await store.schema.migrate();
  return {
    append: (stream, revision, { type, data, metadata }) =>
      store.appendToStream(stream, [{ type, data, metadata }], { expectedStreamVersion: BigInt(revision) }),
    close: async () => {
      await store.close();
      if (!pool.ended) await pool.end();
    },
  };
}

/** As little as Emmett's types are needed here: its package is installed beside the product, not with it. */
interface EmmettLibrary {
  getPostgreSQLEventStore(url: string, options: object): EmmettStore;
}
interface EmmettStore {
  readonly schema: { migrate(): Promise<unknown> };
  appendToStream(stream: string, events: object[], options: { expectedStreamVersion: bigint }): Promise<unknown>;
  close(): Promise<void>;
}

/** What a program does that has no event store: one row, one transaction, a prepared statement, the same guard. */
async function bareInsert(url: string): Promise<Contender> {
  const pool = new pg.Pool({ connectionString: url, max: POOL_SIZE });
  await pool.query(`
    create table if not exists bare_events (
      position bigint generated always as identity primary key, stream text not null, revision bigint not null,
      id uuid not null, type text not null, recorded_at timestamptz not null, data jsonb not null, metadata jsonb not null,
      unique (stream, revision)
    )`);
  const text = `insert into bare_events (stream, revision, id, type, recorded_at, data, metadata)
    values ($1, $2, $3, $4, $5, $6, $7) returning position`;
  return {
    append: (stream, revision, { id, type, recordedAt, data, metadata }) =>
      pool.query({
        name: 'insert',
        text,
        values: [stream, revision, id, type, recordedAt, JSON.stringify(data), JSON.stringify(metadata)],
      }),
    close: () => pool.end(),
  };
}

function newEvent(stream: string): NewEvent {
  const [id, recordedAt] = [randomUUID(), new Date().toISOString()];
  return {
    id,
    type: 'LeadCaptured',
    recordedAt,
    data: { leadId: stream, name: '上海贸易有限公司', source: 'website', campaignId: 'c-17', ownerId: 'e-3' },
    metadata: {
      $correlationId: id,
      $causationId: id,
      commandId: id,
      actor: { id: 'e-3', role: 'salesperson' },
      occurredAt: recordedAt,
      schemaVersion: 1,
    },
  };
}

const median = (values: readonly number[]) =>
  quantile(
    [...values].sort((a, b) => a - b),
    0.5,
  );

async function run(append: Append, callers: number, milliseconds: number): Promise<AppendFigures> {
  const latencies: number[] = [];
  const started = performance.now();
  const end = started + milliseconds;
  const call = async () => {
    for (let n = 0, stream = ''; performance.now() < end; n++) {
      const revision = n % EVENTS_PER_STREAM;
      if (revision === 0) stream = `lead-${randomUUID()}`;
      const event = newEvent(stream);
      const asked = performance.now();
      await append(stream, revision, event);
      latencies.push(performance.now() - asked);
    }
  };
  await Promise.all(Array.from({ length: callers }, call));
  const seconds = (performance.now() - started) / 1000;
  latencies.sort((a, b) => a - b);
  return { perSecond: latencies.length / seconds, p50: quantile(latencies, 0.5), p99: quantile(latencies, 0.99) };
}

const medians = (runs: readonly AppendFigures[]): AppendFigures => ({
  perSecond: median(runs.map(run => run.perSecond)),
  p50: median(runs.map(run => run.p50)),
  p99: median(runs.map(run => run.p99)),
});

/** One after the other in every round, so that a disturbance of the machine hits all three alike. */
async function compare(contenders: readonly Contender[], callers: number, milliseconds: number) {
  const runs: AppendFigures[][] = contenders.map(() => []);
  for (const { append } of contenders) await run(append, callers, Math.min(milliseconds, 500));
  for (let round = 0; round < ROUNDS; round++)
    for (const [at, { append }] of contenders.entries()) runs[at]!.push(await run(append, callers, milliseconds));
  return runs as [AppendFigures[], AppendFigures[], AppendFigures[]];
}

/**
 * Measures appends of one event by 1, 32 and 128 callers who each wait for their answer: Chronicle against Emmett and
 * against one INSERT per transaction, on the same Postgres in the same run. Fills the database of `url`.
 *
 * @param seconds How long each of the 45 runs lasts.
 */
export async function benchAppend({ url, seconds }: { url: string; seconds: number }): Promise<AppendComparison[]> {
  const contenders = [await chronicle(url), await emmett(url), await bareInsert(url)];
  const results: AppendComparison[] = [];
  for (const callers of CALLERS) {
    const [ours, emmetts, bare] = await compare(contenders, callers, seconds * 1000);
    const times = (others: AppendFigures[]) => median(ours.map((run, at) => run.perSecond / others[at]!.perSecond));
    const result = {
      callers,
      chronicle: medians(ours),
      emmett: medians(emmetts),
      bareInsert: medians(bare),
      timesEmmett: times(emmetts),
      timesBareInsert: times(bare),
    };
    print(result);
    results.push(result);
  }
  for (const contender of contenders) await contender.close();
  return results;
}

function print({ callers, chronicle, emmett, bareInsert, timesEmmett, timesBareInsert }: AppendComparison): void {
  const line = (name: string, { perSecond, p50, p99 }: AppendFigures) =>
    `  ${name.padEnd(12)} ${perSecond.toFixed(0).padStart(7)}/s   p50 ${p50.toFixed(2)} ms   p99 ${p99.toFixed(2)} ms`;
  console.log(`append, ${callers} ${callers === 1 ? 'caller' : 'callers'}`);
  console.log(line('chronicle', chronicle));
  console.log(`${line('emmett', emmett)}   chronicle is ${timesEmmett.toFixed(1)} × as fast`);
  console.log(`${line('bare insert', bareInsert)}   chronicle is ${timesBareInsert.toFixed(1)} × as fast`);
}
