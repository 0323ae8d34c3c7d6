/** A dimension of RFM, one value per customer. */
export type Values = Float64Array;

/**
 * The cuts between `classes` equally large classes: the k/classes quantiles, interpolated as R's type 7. Ascending; none for no values.
 *
 * The place of a quantile is found in whole numbers: `(n - 1) * 0.6` can miss an integer by the last bit, and would then
 * interpolate where there is nothing to interpolate.
 */
export function quantileCuts(values: Values, classes: number): number[] {
  const sorted = inOrder(values);
  if (sorted.length === 0) return [];
  return Array.from({ length: classes - 1 }, (_, index) => {
    const place = (sorted.length - 1) * (index + 1);
    const below = Math.floor(place / classes);
    const part = (place % classes) / classes;
    const value = sorted[below]!;
    return part === 0 ? value : value + part * (sorted[below + 1]! - value);
  });
}

/** Days and counts of a million customers are few whole numbers: to count how often each occurs is quicker than to sort. */
function inOrder(values: Values): Values {
  let largest = 0;
  for (const value of values) {
    if (!(value >= 0 && value < values.length && Number.isInteger(value))) return values.slice().sort();
    if (value > largest) largest = value;
  }
  const counts = new Uint32Array(largest + 1);
  for (const value of values) counts[value]!++;
  const sorted = new Float64Array(values.length);
  let place = 0;
  for (const [value, count] of counts.entries()) {
    sorted.fill(value, place, place + count);
    place += count;
  }
  return sorted;
}

/** 1 for a value up to the first cut, one more for each cut that lies below the value: classes are closed above. */
export function scoreOf(value: number, cuts: readonly number[]): number {
  let score = 1;
  for (const cut of cuts) if (value > cut) score++;
  return score;
}

/** The scores of all customers, 1 to `classes`. */
export function scoresOf(values: Values, cuts: readonly number[]): Uint8Array {
  const scores = new Uint8Array(values.length);
  for (let place = 0; place < values.length; place++) scores[place] = scoreOf(values[place]!, cuts);
  return scores;
}

/** Few days are good: the class of the fewest days gets the highest score. */
export function reversed(scores: Uint8Array, classes: number): Uint8Array {
  return scores.map(score => classes + 1 - score);
}

/** `null` where there is nothing to average. */
export function meanOf(values: Values): number | null {
  if (values.length === 0) return null;
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}
