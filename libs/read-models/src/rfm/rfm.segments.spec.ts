import { describe, expect, it } from '@jest/globals';
import { segmentIndexOf, segments } from './rfm.segments.js';

const segmentOf = (r: number, f: number, m: number) => segments[segmentIndexOf(r, f, m)]!.segment;

describe('a customer’s segment', () => {
  it.each([
    [5, 5, 5, 'Champions'],
    [4, 4, 4, 'Champions'],
    [3, 5, 5, 'Loyal Customers'],
    [2, 3, 3, 'Loyal Customers'],
    [3, 1, 3, 'Potential Loyalist'],
    [3, 2, 2, 'Potential Loyalist'],
    [2, 2, 3, 'Need Attention'],
    [2, 1, 2, 'About To Sleep'],
    [1, 5, 5, 'At Risk'],
    [1, 2, 2, 'At Risk'],
    [1, 1, 1, 'Lost'],
    [1, 1, 5, 'Others'],
    [5, 1, 5, 'Others'],
    [2, 4, 1, 'Others'],
  ])('is for the scores %i %i %i: %s', (r, f, m, segment) => {
    expect(segmentOf(r, f, m)).toBe(segment);
  });

  it('is the first one that matches: who scores 5 1 1 is a Potential Loyalist before being a New Customer', () => {
    expect(segmentOf(5, 1, 1)).toBe('Potential Loyalist');
    const newFirst = [...segments].sort(a => (a.segment === 'New Customers' ? -1 : 0));
    expect(newFirst[segmentIndexOf(5, 1, 1, newFirst)]!.segment).toBe('New Customers');
  });

  it('exists for all scores', () => {
    const scores = [1, 2, 3, 4, 5];
    for (const r of scores)
      for (const f of scores) for (const m of scores) expect(segmentIndexOf(r, f, m)).toBeGreaterThanOrEqual(0);
  });
});
