import { describe, expect, it } from '@jest/globals';
import { lossReasonOf } from './loss-reason.js';

describe('a loss reason', () => {
  it('stands as it was given, without blanks around it', () => {
    expect(lossReasonOf(' 价格 ')).toBe('价格');
  });

  it('is cut after 100 characters, never within one', () => {
    expect(lossReasonOf('𠮷'.repeat(100))).toBe('𠮷'.repeat(100));
    expect(lossReasonOf('𠮷'.repeat(101))).toBe(`${'𠮷'.repeat(99)}…`);
  });
});
