import { describe, expect, it } from '@jest/globals';
import { KeyFilter } from './key-filter.js';

const keys = (prefix: string, count: number) => Array.from({ length: count }, (_, index) => `${prefix}-${index}`);

describe('The filter of keys', () => {
  it('knows every key that was added', () => {
    const filter = new KeyFilter();
    const added = keys('opportunity', 100_000);
    for (const key of added) filter.add(key);
    expect(added.every(key => filter.mayHave(key))).toBe(true);
  });

  it('takes hardly any other key for one of them', () => {
    const filter = new KeyFilter();
    for (const key of keys('opportunity', 500_000)) filter.add(key);
    const mistaken = keys('customer', 100_000).filter(key => filter.mayHave(key)).length;
    // 0.2 % by the theory of four probes into 2^23 bits.
    expect(mistaken).toBeLessThan(400);
  });

  it('knows nothing at first', () => {
    const filter = new KeyFilter();
    expect(keys('opportunity', 1_000).some(key => filter.mayHave(key))).toBe(false);
  });
});
