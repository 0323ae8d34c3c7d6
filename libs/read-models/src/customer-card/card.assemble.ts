import type { CreditTerms } from '../directory/customer/customer.rows.js';
import type { Lookup, Node, TableName } from '../directory/list/lookup.js';
import type { CardSource, Figure } from './card.source.js';
import type { CustomerCard } from './card.type.js';

/** Lines of each list on a card. */
export const MAX_LINES = 100;

/** The lists of a card. */
export const LISTS = [
  'contacts',
  'leads',
  'opportunities',
  'contracts',
  'payments',
  'interactions',
  'tasks',
] as const satisfies TableName[];

/** What a card adds up. */
const FIGURES = {
  won: { table: 'opportunities', column: 'amountMinor', status: 'WON' },
  contracted: { table: 'contracts', column: 'amountMinor', status: 'SIGNED' },
  received: { table: 'payments', column: 'amountMinor', status: 'RECEIVED' },
  outstanding: { table: 'contracts', column: 'outstandingMinor', status: 'SIGNED' },
} as const satisfies Record<string, Figure>;

/** The card of a customer, the same way from whatever source; null if there is no such customer. */
export async function assembled(source: CardSource, lookup: Lookup): Promise<CustomerCard | null> {
  const row = await source.customer();
  if (!row) return null;
  const lists: Partial<Record<TableName, { count: number; nodes: Node[] }>> = {};
  // One after the other, because a live card reads them all in one transaction.
  for (const table of LISTS) {
    const { count, rows } = await source.newest(table, MAX_LINES);
    lists[table] = { count, nodes: rows.map(line => lookup.nodeOf(table, line)) };
  }
  const node = lookup.nodeOf('customers', row);
  const creditTerms = node.creditTerms as readonly CreditTerms[] | null;
  return {
    ...node,
    ...lists,
    creditTerms: creditTerms?.map(terms => ({ ...terms, sourceEventId: terms.eventId })) ?? null,
    totals: await totalsOf(source, lookup),
  } as unknown as CustomerCard;
}

/** A line per currency in which the customer has anything, without the sums of what is hidden from the viewer. */
async function totalsOf(source: CardSource, lookup: Lookup) {
  const byCurrency = new Map<string, Record<string, { minor: number; currency: string }>>();
  const hidden = (figure: Figure) => lookup.hides(figure.table, figure.column);
  const shown = Object.entries(FIGURES).filter(([, figure]) => !hidden(figure));
  for (const [name, figure] of shown)
    for (const { currency, minor } of await source.sums(figure))
      byCurrency.set(currency, { ...byCurrency.get(currency), [name]: { minor, currency } });
  const nothing = (currency: string) => Object.fromEntries(shown.map(([name]) => [name, { minor: 0, currency }]));
  return [...byCurrency]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([currency, figures]) => ({ currency, ...nothing(currency), ...figures }));
}
