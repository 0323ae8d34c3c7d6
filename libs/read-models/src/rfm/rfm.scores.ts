/** A dimension of RFM, one value per customer. */
export type Values = Float64Array;

/**
 * The cuts between `classes` equally large classes: the k/classes quantiles, interpolated as R's type 7. Ascending; none for no values.
 *
 * The place of a quantile is found in whole numbers: `(n - 1) * 0.6` can miss an integer by the last bit, and would then
 * interpolate where there is nothing to interpolate.
 */
export function quantileCuts(values: Values, classes: number): number[] {
  if (values.length === 0) return [];
  const quantiles = Array.from({ length: classes - 1 }, (_, index) => {
    const place = (values.length - 1) * (index + 1);
    return { below: Math.floor(place / classes), part: (place % classes) / classes };
  });
  // The last place of all is looked at only to be added nothing of.
  const places = quantiles.flatMap(({ below }) => [below, Math.min(below + 1, values.length - 1)]);
  const found = valuesAt(values, places);
  return quantiles.map(({ part }, index) => {
    const [value, next] = [found[2 * index]!, found[2 * index + 1]!];
    return part === 0 ? value : value + part * (next - value);
  });
}

/** Few values are sorted as they are; of more, each place is looked for among those that lie in the same part of their range. */
const FEW = 2_048;
const PARTS = 4_096;

/** The values at these places of all values in ascending order. A million amounts are counted by parts, and only few of them sorted. */
export function valuesAt(values: Values, places: readonly number[]): number[] {
  if (values.length <= FEW) {
    const sorted = values.slice().sort();
    return places.map(place => sorted[place]!);
  }
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low === high) return places.map(() => low);
  // Ascending in the value, and the least and the largest are never in one part: so parts get smaller and smaller.
  const scale = (PARTS - 1) / (high - low);
  const partOf = (value: number) => Math.floor((value - low) * scale);
  const counts = new Uint32Array(PARTS + 1);
  for (const value of values) counts[partOf(value)]!++;
  return searched(values, { counts, partOf }, places);
}

interface Parts {
  readonly counts: Uint32Array;
  readonly partOf: (value: number) => number;
}

/** Collects the parts in which the places lie, and looks for them there. */
function searched(values: Values, { counts, partOf }: Parts, places: readonly number[]): number[] {
  const starts = new Uint32Array(counts.length + 1);
  for (let part = 0; part < counts.length; part++) starts[part + 1] = starts[part]! + counts[part]!;
  const partAt = (place: number) => starts.findLastIndex(start => start <= place);
  const wanted = [...new Set(places.map(partAt))];
  const membersOf = new Map(wanted.map(part => [part, new Float64Array(counts[part]!)]));
  const members = Array.from(counts, (_, part) => membersOf.get(part));
  const filled = new Uint32Array(counts.length);
  for (const value of values) {
    const part = partOf(value);
    const found = members[part];
    if (found) found[filled[part]!++] = value;
  }
  const found = new Map<number, number>();
  for (const [part, inPart] of membersOf) {
    const theirs = places.filter(place => partAt(place) === part);
    const at = valuesAt(
      inPart,
      theirs.map(place => place - starts[part]!),
    );
    for (const [index, place] of theirs.entries()) found.set(place, at[index]!);
  }
  return places.map(place => found.get(place)!);
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
