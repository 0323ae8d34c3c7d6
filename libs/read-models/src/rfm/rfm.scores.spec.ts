import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { meanOf, quantileCuts, reversed, scoreOf, scoresOf, valuesAt } from './rfm.scores.js';

const values = (...list: number[]) => Float64Array.from(list);
const someValues = fc.array(fc.integer({ min: -50, max: 1_000_000 }), { minLength: 1, maxLength: 60 });

/** Counts: small whole numbers, of which most occur often. */
const fewValues = fc.array(fc.nat(9), { minLength: 10, maxLength: 60 });

/** R's `quantile(x, p, type = 7)`, written as its documentation says: m = 1 - p, j = floor(np + m), weight np + m - j. */
function typeSeven(list: readonly number[], p: number): number {
  const sorted = [...list].sort((a, b) => a - b);
  const place = list.length * p + 1 - p;
  const j = Math.floor(place + 1e-9);
  const weight = Math.max(0, place - j);
  return (1 - weight) * sorted[j - 1]! + weight * (sorted[j] ?? sorted[j - 1]!);
}

describe('the cuts', () => {
  it('are the 20/40/60/80 % quantiles, interpolated as in R: quantile(1:4, 1:4/5) is 1.6 2.2 2.8 3.4', () => {
    const cuts = quantileCuts(values(4, 1, 3, 2), 5);
    expect(cuts).toHaveLength(4);
    for (const [index, cut] of [1.6, 2.2, 2.8, 3.4].entries()) expect(cuts[index]).toBeCloseTo(cut, 12);
  });

  it('are the quartiles with four classes: quantile(1:4, 1:3/4) is 1.75 2.5 3.25', () => {
    expect(quantileCuts(values(1, 2, 3, 4), 4)).toEqual([1.75, 2.5, 3.25]);
  });

  it('are values themselves where a quantile falls on one: 1 to 6 is cut at 2, 3, 4 and 5', () => {
    expect(quantileCuts(values(6, 5, 4, 3, 2, 1), 5)).toEqual([2, 3, 4, 5]);
  });

  it('are that value for a single customer, and none for nobody', () => {
    expect(quantileCuts(values(7), 5)).toEqual([7, 7, 7, 7]);
    expect(quantileCuts(values(), 5)).toEqual([]);
  });

  it('leave the values in their order', () => {
    const list = values(3, 1, 2);
    quantileCuts(list, 5);
    expect([...list]).toEqual([3, 1, 2]);
  });

  it('agree with the documented formula of R for any values', () => {
    fc.assert(
      fc.property(fc.oneof(someValues, fewValues), fc.constantFrom(4, 5), (list, classes) => {
        const cuts = quantileCuts(Float64Array.from(list), classes);
        for (const [index, cut] of cuts.entries()) {
          const expected = typeSeven(list, (index + 1) / classes);
          expect(Math.abs(cut - expected)).toBeLessThan(1e-6);
        }
      }),
    );
  });
});

/** So many that they are not all sorted: evenly spread, mostly equal, or with one that is far from all others. */
const manyValues = fc
  .record({ count: fc.integer({ min: 2_049, max: 9_000 }), seed: fc.nat(), kind: fc.constantFrom(1, 4, 1_000_000) })
  .map(({ count, seed, kind }) =>
    Float64Array.from({ length: count }, (_, place) => {
      if (place === seed % count) return 9_000_000_000_000 * (seed % 2);
      return ((place * 48_271 + seed) % 2_147_483_647) % kind;
    }),
  );

describe('the values at places', () => {
  it('are those of all values in ascending order', () => {
    fc.assert(
      fc.property(manyValues, fc.array(fc.nat(2_048), { minLength: 1, maxLength: 8 }), (many, places) => {
        const all = [...places, many.length - 1];
        const sorted = many.slice().sort();
        expect(valuesAt(many, all)).toEqual(all.map(place => sorted[place]));
      }),
    );
  });
});

describe('a score', () => {
  const cuts = [114, 180, 296.4, 481];

  it('is closed above: a value on a cut belongs below it', () => {
    expect([114, 115, 180, 181].map(value => scoreOf(value, cuts))).toEqual([1, 2, 2, 3]);
  });

  it('does not round a cut between two values: 296 lies below 296.4, 297 above it', () => {
    expect([296, 297].map(value => scoreOf(value, cuts))).toEqual([3, 4]);
  });

  it('is reversed for recency: the fewest days score highest', () => {
    const days = values(0, 114, 115, 297, 482);
    expect([...reversed(scoresOf(days, cuts), 5)]).toEqual([5, 5, 4, 2, 1]);
  });

  it('is shared by equal values, and never lower for a higher value', () => {
    fc.assert(
      fc.property(someValues, fc.constantFrom(4, 5), (list, classes) => {
        const all = Float64Array.from(list);
        const scores = scoresOf(all, quantileCuts(all, classes));
        for (const [i, a] of list.entries())
          for (const [j, b] of list.entries()) {
            if (a === b) expect(scores[i]).toBe(scores[j]);
            if (a < b) expect(scores[i]!).toBeLessThanOrEqual(scores[j]!);
          }
        for (const score of scores) expect(score >= 1 && score <= classes).toBe(true);
      }),
    );
  });

  it('is that of the lowest class when all customers are equal', () => {
    const all = values(5, 5, 5, 5, 5, 5);
    expect([...scoresOf(all, quantileCuts(all, 5))]).toEqual([1, 1, 1, 1, 1, 1]);
  });
});

describe('a mean', () => {
  it('is the sum through the number, and null of nothing', () => {
    expect(meanOf(values(1, 2, 6))).toBe(3);
    expect(meanOf(values())).toBeNull();
  });
});
