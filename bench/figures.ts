/** The value below which that share of the values lies: 0.99 for the slowest per cent. `sorted` is ascending and not empty. */
export const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.floor((sorted.length - 1) * share)]!;

export const ascending = (values: readonly number[]): number[] => [...values].sort((one, other) => one - other);

/** The middle one; of an even number of values the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = ascending(values);
  return (sorted[Math.floor((sorted.length - 1) / 2)]! + sorted[Math.ceil((sorted.length - 1) / 2)]!) / 2;
}
