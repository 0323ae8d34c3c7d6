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
  const groups = table.map(entry => ({
    ...entry,
    customers: 0,
    transactions: 0,
    amount: { minor: 0, currency },
  }));
  for (let customer = 0; customer < places.length; customer++) {
    const group = groups[places[customer]!]!;
    group.customers += 1;
    group.transactions += frequency[customer]!;
    group.amount.minor += monetary[customer]!;
  }
  return groups;
}
