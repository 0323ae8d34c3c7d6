import type { Scored } from './rfm.scoring.js';

/** What a group of customers adds up to. */
export interface Summary {
  customers: number;
  transactions: number;
  amount: { minor: number; currency: string };
}

/** One summary per entry of a table (of cells or segments), in its order, also for those without customers. */
export function summaries<Entry extends object>(
  table: readonly Entry[],
  places: Uint8Array,
  { currency, frequency, monetary }: Pick<Scored, 'currency' | 'frequency' | 'monetary'>,
): (Entry & Summary)[] {
  // In arrays of numbers: to add a million times to a field of an object makes a million objects of numbers.
  const [customers, transactions, amounts] = [0, 1, 2].map(() => new Float64Array(table.length)) as [Sums, Sums, Sums];
  for (let customer = 0; customer < places.length; customer++) {
    const place = places[customer]!;
    customers[place]! += 1;
    transactions[place]! += frequency[customer]!;
    amounts[place]! += monetary[customer]!;
  }
  return table.map((entry, place) => ({
    ...entry,
    customers: customers[place]!,
    transactions: transactions[place]!,
    amount: { minor: amounts[place]!, currency },
  }));
}

type Sums = Float64Array;
