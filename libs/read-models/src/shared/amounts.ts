import type { Money } from '#platform/graphql/money.js';

/** An amount of money in whatever currencies occurred. */
export interface Amounts {
  /** The sum where one currency occurs; `null` where there are several, which nobody can add up. */
  readonly amount: Money | null;
  /** One entry per currency, always complete. */
  readonly amounts: Money[];
}

const HOME = 'CNY';

/** Adds up lines by currency. Lines without a currency have no amount; `otherwise` is the currency of nothing. */
export function amountsOf(
  lines: Iterable<{ readonly currency: string | null; readonly minor: number }>,
  otherwise = HOME,
): Amounts {
  const sums = new Map<string, number>();
  for (const { currency, minor } of lines) if (currency !== null) sums.set(currency, (sums.get(currency) ?? 0) + minor);
  const amounts = [...sums].sort().map(([currency, minor]) => ({ minor, currency }));
  if (amounts.length > 1) return { amount: null, amounts };
  return { amount: amounts[0] ?? { minor: 0, currency: otherwise }, amounts };
}
