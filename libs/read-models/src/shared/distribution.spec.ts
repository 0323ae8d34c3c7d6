import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { distributionOf } from './distribution.js';

const of = (...values: number[]) => values.map(value => ({ value, count: 1 }));

describe('mean and median', () => {
  it('of nothing do not exist', () => {
    expect(distributionOf([])).toEqual({ mean: null, median: null });
    expect(distributionOf([{ value: 3, count: 0 }])).toEqual({ mean: null, median: null });
  });

  it('are the middle value of an odd number, and lie between the two of an even one', () => {
    expect(distributionOf(of(9, 1, 2))).toEqual({ mean: 4, median: 2 });
    expect(distributionOf(of(9, 1, 2, 4))).toEqual({ mean: 4, median: 3 });
  });

  it('equal those of the values written out', () => {
    const frequency = fc.record({ value: fc.integer({ min: -5, max: 400 }), count: fc.nat(4) });
    fc.assert(
      fc.property(fc.array(frequency, { maxLength: 12 }), frequencies => {
        const values = frequencies
          .flatMap(({ value, count }) => Array<number>(count).fill(value))
          .sort((a, b) => a - b);
        const { mean, median } = distributionOf(frequencies);
        if (values.length === 0) return mean === null && median === null;
        const half = values.length / 2;
        expect(median).toBe((values[Math.ceil(half) - 1]! + values[Math.floor(half)]!) / 2);
        expect(mean).toBe(values.reduce((sum, value) => sum + value, 0) / values.length);
        return true;
      }),
    );
  });
});
