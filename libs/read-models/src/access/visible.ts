import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type { Sight } from '#platform/access/viewer.js';
import type { Belonging } from './belongings.js';

type Condition = RawBuilder<SqlBool>;

/**
 * Which lines of a table a sight reaches, in the words of `reaches`: those of its owners and customers, and what belongs to
 * customers of its owners. Undefined: all of them. This is the one place in which SQL says who sees what.
 * @param table How the query names the table.
 */
export function visible(sight: Sight, belonging: Belonging, table: string): Condition | undefined {
  if (sight === 'everything') return undefined;
  if (sight === 'nothing') return sql`false`;
  const { owner, customer, isCustomer } = belonging;
  const { customers } = sight;
  const parts = [
    ...(owner ? ownedBy(sight, `${table}.${owner}`) : []),
    ...(customer && customers.length ? [among(`${table}.${customer}`, customers)] : []),
    ...(customer && !isCustomer ? ofTheirCustomers(sight, `${table}.${customer}`) : []),
  ];
  return parts.length ? sql`(${sql.join(parts, sql` or `)})` : sql`false`;
}

/** The columns at which `visible` looks. */
export function columnsOf(sight: Sight, { owner, customer, isCustomer }: Belonging): string[] {
  if (typeof sight === 'string') return [];
  const byCustomer = !isCustomer || sight.customers.length > 0;
  return [...(owner ? [owner] : []), ...(customer && byCustomer ? [customer] : [])];
}

type Owners = Exclude<Sight, string>;

const ownedBy = ({ owners, unowned }: Owners, column: string): Condition[] => [
  ...(owners.length ? [among(column, owners)] : []),
  ...(unowned ? [sql<SqlBool>`${sql.ref(column)} is null`] : []),
];

/** Of several values Postgres cannot read an index in order; who sees only the own records is by far the most frequent. */
const among = (column: string, values: readonly string[]): Condition =>
  values.length === 1 ? sql`${sql.ref(column)} = ${values[0]}` : sql`${sql.ref(column)} = any(${values}::text[])`;

/**
 * Postgres decides whether to hash these customers or to look up each row's; either way the rows are read in order until the page is
 * full. An array of the ids would be compared one by one with each row.
 */
function ofTheirCustomers(sight: Owners, column: string): Condition[] {
  const owned = ownedBy(sight, 'owned.ownerId');
  if (owned.length === 0) return [];
  return [
    sql`exists (select from ${sql.table('directory.customers')} as owned
      where ${sql.ref('owned.customerId')} = ${sql.ref(column)} and (${sql.join(owned, sql` or `)}))`,
  ];
}
