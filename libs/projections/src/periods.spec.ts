import { describe, expect, it } from '@jest/globals';
import { firstOf, nextAfter } from './periods.js';

describe('Periods', () => {
  it('begin with their first day', () => {
    expect(firstOf('d', '2026-05-17')).toBe('2026-05-17');
    expect(firstOf('m', '2026-05-17')).toBe('2026-05-01');
    expect(
      ['2026-05-01', '2026-05-10', '2026-05-11', '2026-05-21', '2026-05-31'].map(day => firstOf('t', day)),
    ).toEqual(['2026-05-01', '2026-05-01', '2026-05-11', '2026-05-21', '2026-05-21']);
    expect(['2026-01-01', '2026-03-31', '2026-04-01', '2026-12-31'].map(day => firstOf('q', day))).toEqual([
      '2026-01-01',
      '2026-01-01',
      '2026-04-01',
      '2026-10-01',
    ]);
  });

  it('are followed by the next one, also over the end of a year', () => {
    expect(nextAfter('d', '2024-02-28')).toBe('2024-02-29');
    expect(nextAfter('m', '2026-12-01')).toBe('2027-01-01');
    expect(['2026-02-10', '2026-02-11', '2026-02-28', '2026-05-31'].map(day => nextAfter('t', day))).toEqual([
      '2026-02-11',
      '2026-02-21',
      '2026-03-01',
      '2026-06-01',
    ]);
    expect(nextAfter('m', '2026-01-31')).toBe('2026-02-01');
    expect(['2026-01-01', '2026-06-30', '2026-10-01', '2026-11-30'].map(day => nextAfter('q', day))).toEqual([
      '2026-04-01',
      '2026-07-01',
      '2027-01-01',
      '2027-01-01',
    ]);
  });
});
