import { performance } from 'node:perf_hooks';
import type { Listening } from '#apps/api/src/listen.js';
import type { Database } from '#projections/database.js';
import { inTransaction } from '#projections/transaction.js';
import { quantile } from '../figures.js';

/** Milliseconds. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

/** Each round's p50 and p99, and all times. */
export interface Rounds {
  readonly p50: readonly number[];
  readonly p99: readonly number[];
  readonly all: readonly number[];
}

/** Asks one after the other, several rounds; what only the first asking costs (plans, caches) is left out. */
export async function rounds(
  work: () => Promise<unknown>,
  { asked, times }: { asked: number; times: number },
): Promise<Rounds> {
  for (let warming = 0; warming < 5; warming++) await work();
  const found: number[][] = [];
  for (let round = 0; round < times; round++) {
    const taken: number[] = [];
    for (let count = 0; count < asked; count++) taken.push(await timed(work));
    found.push(taken.sort((a, b) => a - b));
  }
  const all = found.flat().sort((a, b) => a - b);
  return { p50: found.map(taken => quantile(taken, 0.5)), p99: found.map(taken => quantile(taken, 0.99)), all };
}

/** Over HTTP, from the question to the whole answer. @throws Error when the answer is one. */
export async function ask({ url, token }: Listening, query: string): Promise<unknown> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query }),
  });
  const { data, errors } = (await answer.json()) as { data: unknown; errors?: unknown };
  if (errors) throw new Error(JSON.stringify(errors));
  return data;
}

/** Milliseconds of SQL by itself, a few times. */
export async function naively(database: Database, sql: string, times: number): Promise<number[]> {
  const run = () => inTransaction(database, client => client.query(sql));
  await run();
  const taken: number[] = [];
  for (let count = 0; count < times; count++) taken.push(await timed(run));
  return taken;
}
