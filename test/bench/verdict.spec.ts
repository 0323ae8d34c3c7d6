import { describe, expect, it } from '@jest/globals';
import type { Finding } from '../../bench/finding.js';
import { printed } from '../../bench/report/printed.js';
import { verdictOn } from '../../bench/report/verdict.js';

const rate: Finding = { what: 'append', unit: 'per second', values: [100, 300, 200], baselines: [] };
const time: Finding = { what: 'report', unit: 'ms', values: [10, 20, 30], baselines: [] };
const baseline = (values: number[], timesAtLeast?: number) => ({
  name: 'other',
  configured: 'with defaults',
  values,
  timesAtLeast,
});
const timesOf = (finding: Finding) => verdictOn(finding).comparisons.map(({ times, reached }) => ({ times, reached }));

describe('What a benchmark found', () => {
  it('is the median, with the least and the most', () => {
    expect(verdictOn(rate).ours).toEqual({ median: 200, least: 100, most: 300 });
    expect(verdictOn({ ...rate, values: [1, 2, 4, 9] }).ours.median).toBe(3);
  });

  it('is compared within each repetition, so that a disturbance hits both sides', () => {
    expect(timesOf({ ...rate, baselines: [baseline([50, 100, 100], 2)] })).toEqual([
      { times: { median: 2, least: 2, most: 3 }, reached: true },
    ]);
  });

  it('is compared by the medians where repetitions do not pair up', () => {
    expect(timesOf({ ...rate, baselines: [baseline([80, 100], 2.3)] })).toEqual([
      { times: { median: 200 / 90, least: 200 / 90, most: 200 / 90 }, reached: false },
    ]);
  });

  it('is better the less time it takes', () => {
    expect(timesOf({ ...time, baselines: [baseline([20, 60, 30])] })).toEqual([
      { times: { median: 2, least: 1, most: 3 }, reached: undefined },
    ]);
  });

  it('reaches its own goal from above as a rate, from below as a time', () => {
    expect([199, 200, 201].map(goal => verdictOn({ ...rate, goal }).reached)).toEqual([true, true, false]);
    expect([19, 20, 21].map(goal => verdictOn({ ...time, goal }).reached)).toEqual([false, true, true]);
    expect(verdictOn(time).reached).toBeUndefined();
  });

  it('is told with figures that can be read', () => {
    const told = printed([
      { ...rate, goal: 1_000, baselines: [baseline([20, 50, 50], 4.5)], latency: { p50: 0.256, p99: 12.34 } },
    ]);
    expect(told.split('\n')).toEqual([
      'append: 200/s (100 – 300), p50 0.256 ms, p99 12.3 ms   goal ≥ 1,000/s: NOT REACHED',
      '  5 × (4 – 6) other at 50/s (20 – 50)   goal ≥ 4.5 ×: REACHED',
      '',
    ]);
    expect(printed({ skipped: 'no server' })).toBe('skipped: no server\n');
  });
});
