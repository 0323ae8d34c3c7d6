import { describe, expect, it } from '@jest/globals';
import { Recent } from './recent.js';

const filled = (capacity: number, keys: readonly number[]) => {
  const recent = new Recent<number>(capacity);
  for (const key of keys) recent.set(String(key), key);
  return recent;
};
const held = (recent: Recent<number>, keys: readonly number[]) =>
  keys.filter(key => recent.get(String(key)) !== undefined);
const upTo = (count: number) => Array.from({ length: count }, (_, key) => key);

describe('What was used lately', () => {
  it('is at least half of the capacity', () => {
    expect(held(filled(10, upTo(23)), upTo(23).slice(-5))).toEqual([18, 19, 20, 21, 22]);
  });

  it('is never more than the capacity', () => {
    for (const count of upTo(40)) expect(held(filled(10, upTo(count)), upTo(count)).length).toBeLessThanOrEqual(10);
  });

  it('stays as long as it is used', () => {
    const recent = filled(10, [100]);
    for (const key of upTo(50)) {
      recent.set(String(key), key);
      expect(recent.get('100')).toBe(100);
    }
  });

  it('is the newest value, and nothing once it was deleted', () => {
    const recent = filled(4, [1, 2, 3]);
    recent.set('1', 7);
    expect(recent.get('1')).toBe(7);
    recent.delete('1');
    expect(recent.get('1')).toBeUndefined();
  });
});
