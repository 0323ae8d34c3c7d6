import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { cells } from './rfm.cells.js';
import { RfmMethod } from './rfm.methods.js';
import { type Customers, scored } from './rfm.scoring.js';
import { segments } from './rfm.segments.js';
import { summaries } from './rfm.summary.js';

type Line = readonly [days: number, frequency: number, monetary: number];

const customersOf = (lines: readonly Line[], currency = 'CNY'): Customers => ({
  currency,
  ids: lines.map((_, index) => `c${index}`),
  recencyDays: Float64Array.from(lines, ([days]) => days),
  frequency: Float64Array.from(lines, ([, frequency]) => frequency),
  monetary: Float64Array.from(lines, ([, , monetary]) => monetary),
});
const cellsOf = (customers: Customers, method: RfmMethod) =>
  [...scored(customers, method).cell].map(place => cells[place]!.cell);
const segmentsOf = (customers: Customers, method: RfmMethod) =>
  [...scored(customers, method).segment].map(place => segments[place]!.segment);

const five = customersOf([
  [1, 10, 50_000],
  [20, 8, 40_000],
  [100, 5, 30_000],
  [200, 2, 20_000],
  [400, 1, 10_000],
]);

describe('QUINTILE', () => {
  it('gives five different customers the scores 5 to 1', () => {
    const { r, f, m } = scored(five, RfmMethod.QUINTILE);
    for (const scores of [r, f, m]) expect([...scores]).toEqual([5, 4, 3, 2, 1]);
  });

  it('names the best Champions and the worst Lost', () => {
    expect(segmentsOf(five, RfmMethod.QUINTILE)).toEqual([
      'Champions',
      'Champions',
      'Loyal Customers',
      'Need Attention',
      'Lost',
    ]);
  });

  it('calls high what is better than the mean: of 144.2 days, 5.2 transactions, 300.00', () => {
    expect(scored(five, RfmMethod.QUINTILE).means).toEqual({ recencyDays: 144.2, frequency: 5.2, monetary: 30_000 });
    expect(cellsOf(five, RfmMethod.QUINTILE)).toEqual(['111', '111', '100', '000', '000']);
  });

  it('calls nobody high when all are equal', () => {
    const equal: Line = [10, 3, 500];
    expect(cellsOf(customersOf([equal, equal, equal]), RfmMethod.QUINTILE)).toEqual(['000', '000', '000']);
  });
});

describe('QUARTILE', () => {
  it('scores 1 to 4, and reads the segments by these scores', () => {
    const four = customersOf([
      [1, 4, 400],
      [2, 3, 300],
      [3, 2, 200],
      [4, 1, 100],
    ]);
    const { r, f, m } = scored(four, RfmMethod.QUARTILE);
    for (const scores of [r, f, m]) expect([...scores]).toEqual([4, 3, 2, 1]);
    expect(segmentsOf(four, RfmMethod.QUARTILE)).toEqual(['Champions', 'Loyal Customers', 'Need Attention', 'Lost']);
  });
});

describe('FIXED', () => {
  const onTheEdge = customersOf([
    [10, 3, 20_000],
    [11, 2, 19_999],
    [11, 3, 20_000],
    [10, 2, 19_999],
    [11, 3, 19_999],
  ]);

  it('counts 10 days, 3 transactions and 200.00 as high, and anything worse as low', () => {
    const { r, f, m, cuts } = scored(onTheEdge, RfmMethod.FIXED);
    expect([...r]).toEqual([2, 1, 1, 2, 1]);
    expect([...f]).toEqual([2, 1, 2, 1, 2]);
    expect([...m]).toEqual([2, 1, 2, 1, 1]);
    expect(cuts).toEqual({ r: [10], f: [3], m: [20_000] });
    expect(cellsOf(onTheEdge, RfmMethod.FIXED)).toEqual(['111', '000', '011', '100', '010']);
  });

  it('reads the segments with the best and the worst score of five', () => {
    expect(segmentsOf(onTheEdge, RfmMethod.FIXED)).toEqual([
      'Champions',
      'Lost',
      'At Risk',
      'Potential Loyalist',
      'Others',
    ]);
  });

  it('knows that 200 yen have no smaller unit', () => {
    expect([
      ...scored(
        customersOf(
          [
            [1, 1, 200],
            [1, 1, 199],
          ],
          'JPY',
        ),
        RfmMethod.FIXED,
      ).m,
    ]).toEqual([2, 1]);
  });

  it('takes other thresholds from the configuration', () => {
    const thresholds = { recencyDays: 100, frequency: 5, monetaryMajor: 300 };
    const { r, f, m } = scored(five, RfmMethod.FIXED, { thresholds, segments });
    for (const scores of [r, f, m]) expect([...scores]).toEqual([2, 2, 2, 1, 1]);
  });
});

describe('any method', () => {
  const line = fc.tuple(
    fc.integer({ min: -5, max: 900 }),
    fc.integer({ min: 1, max: 30 }),
    fc.integer({ min: 1, max: 10 ** 9 }),
  );
  const methods = fc.constantFrom(...Object.values(RfmMethod));

  it('puts each customer into exactly one cell and one segment, which add up to the whole', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 40 }), methods, (lines, method) => {
        const customers = scored(customersOf(lines), method);
        for (const groups of [
          summaries(cells, customers.cell, customers),
          summaries(segments, customers.segment, customers),
        ]) {
          const total = (of: (group: (typeof groups)[number]) => number) => groups.reduce((sum, g) => sum + of(g), 0);
          expect(total(group => group.customers)).toBe(lines.length);
          expect(total(group => group.transactions)).toBe(lines.reduce((sum, [, count]) => sum + count, 0));
          expect(total(group => group.amount.minor)).toBe(lines.reduce((sum, [, , minor]) => sum + minor, 0));
        }
      }),
    );
  });

  it('does not depend on the order of the customers', () => {
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 40 }), methods, (lines, method) => {
        const [one, other] = [scored(customersOf(lines), method), scored(customersOf(lines.toReversed()), method)];
        for (const column of ['r', 'f', 'm', 'cell', 'segment'] as const)
          expect([...one[column]]).toEqual([...other[column]].reverse());
      }),
    );
  });

  it('answers without customers: no scores, and no means', () => {
    for (const method of Object.values(RfmMethod)) {
      const nobody = scored(customersOf([]), method);
      expect(nobody.means).toEqual({ recencyDays: null, frequency: null, monetary: null });
      expect([...nobody.segment]).toEqual([]);
    }
  });
});
