import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { SlidingWindow } from './sliding-window.js';

const WINDOW_MS = 10_000;

/** A window of so many points; `use` says when, in ms. */
function opened(most: number) {
  let now = 0;
  const window = new SlidingWindow(most, WINDOW_MS, () => now);
  return {
    use: (ms: number, points: number, client = 'a') => {
      now = ms;
      return window.use(client, points);
    },
    refusedFor: (ms: number) => {
      now = ms;
      return window.refusedFor('a');
    },
  };
}

describe('A sliding window', () => {
  it('lets pass what fits, and says when more does', () => {
    const { use, refusedFor } = opened(10);
    expect([use(550, 6), use(4_050, 4)]).toEqual([0, 0]);
    expect(use(5_000, 1)).toBe(5_600);
    expect(use(5_000, 10, 'somebody else')).toBe(0);
    expect([refusedFor(5_100), refusedFor(10_600)]).toEqual([5_500, 0]);
    expect([use(10_600, 7), use(10_600, 6)]).toEqual([3_500, 0]);
  });

  it('lets never more pass in its time, wherever that begins', () => {
    const uses = fc.array(
      fc.record({ wait: fc.integer({ min: 0, max: 3_000 }), points: fc.integer({ min: 1, max: 12 }) }),
    );
    fc.assert(
      fc.property(uses, all => {
        const { use } = opened(20);
        let now = 0;
        const passed: { at: number; points: number }[] = [];
        for (const { wait, points } of all) {
          now += wait;
          if (use(now, points) === 0) passed.push({ at: now, points });
          const within = passed.filter(({ at }) => at > now - WINDOW_MS);
          expect(within.reduce((sum, { points }) => sum + points, 0)).toBeLessThanOrEqual(20);
        }
      }),
    );
  });

  it('does not let pass twice of it around a border, as fixed windows do', () => {
    const { use } = opened(10);
    expect([use(0, 1), use(9_999, 9), use(10_001, 9)]).toEqual([0, 0, expect.any(Number)]);
    expect(use(10_200, 1)).toBe(0);
  });

  it('never refuses who asks a little less than the rate, steadily', () => {
    const { use } = opened(1_000);
    const refused = Array.from({ length: 5_000 }, (_, index) => use(index * 10.2, 1)).filter(Boolean);
    expect(refused).toEqual([]);
  });

  it('never has room for more than all of it', () => {
    const { use } = opened(10);
    expect([use(0, 11), use(20_000, 11), use(20_000, 10)]).toEqual([WINDOW_MS, WINDOW_MS, 0]);
  });
});
