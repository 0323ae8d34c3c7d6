/** How often each value occurred. */
export interface Frequency {
  readonly value: number;
  readonly count: number;
}

/** Mean and median of values given by frequency, in any order; `null` for none. Between two middle values lies their mean. */
export function distributionOf(frequencies: readonly Frequency[]): { mean: number | null; median: number | null } {
  const sorted = frequencies.filter(({ count }) => count > 0).sort((a, b) => a.value - b.value);
  const count = sorted.reduce((total, frequency) => total + frequency.count, 0);
  if (count === 0) return { mean: null, median: null };
  const sum = sorted.reduce((total, { value, count }) => total + value * count, 0);
  /** The value at a place in order, from 0. */
  const at = (place: number): number => {
    let left = place;
    for (const { value, count } of sorted) {
      if (left < count) return value;
      left -= count;
    }
    throw new RangeError(`There are ${count} values, none at place ${place}.`);
  };
  return { mean: sum / count, median: (at(Math.floor((count - 1) / 2)) + at(Math.floor(count / 2))) / 2 };
}
