import { performance } from 'node:perf_hooks';
import { ascending, quantile } from './figures.js';
import type { Latency } from './finding.js';

/** So many callers, each of whom waits for an answer before the next call, for so long. */
export interface Load {
  readonly callers: number;
  readonly seconds: number;
}

/** What happened under a load. */
export interface Run {
  readonly perSecond: number;
  /** From call to answer, in ms. */
  readonly latencies: readonly number[];
}

/** Something that can be put under load; one repetition at a time. */
export type Contender = (load: Load) => Promise<Run>;

/** @param caller Makes a caller, who has things of its own to call for. */
export async function underLoad({ callers, seconds }: Load, caller: () => () => Promise<unknown>): Promise<Run> {
  const latencies: number[] = [];
  const started = performance.now();
  const end = started + seconds * 1000;
  const callUntilTheEnd = async (call: () => Promise<unknown>) => {
    while (performance.now() < end) {
      const asked = performance.now();
      await call();
      latencies.push(performance.now() - asked);
    }
  };
  await Promise.all(Array.from({ length: callers }, () => callUntilTheEnd(caller())));
  return { perSecond: latencies.length / ((performance.now() - started) / 1000), latencies };
}

/**
 * Every contender once for warming up, then all of them one after the other in each round, so that a disturbance of the machine hits
 * all alike.
 * @returns the runs of each contender, in their order.
 */
export async function takingTurns(contenders: readonly Contender[], load: Load, rounds: number): Promise<Run[][]> {
  const runs: Run[][] = contenders.map(() => []);
  for (const contend of contenders) await contend({ ...load, seconds: Math.min(load.seconds, 0.5) });
  for (let round = 0; round < rounds; round++)
    for (const [at, contend] of contenders.entries()) runs[at]!.push(await contend(load));
  return runs;
}

/** The runs of one contender as they stand in a finding. */
export function ratesOf(runs: readonly Run[]): { values: number[]; latency: Latency } {
  const latencies = ascending(runs.flatMap(run => run.latencies));
  return {
    values: runs.map(({ perSecond }) => perSecond),
    latency: { p50: quantile(latencies, 0.5), p99: quantile(latencies, 0.99) },
  };
}
