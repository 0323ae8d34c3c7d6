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
 * Postgres decides whether to hash these customers or to look up each row's, as it suits the number of lines that the query reads. An
 * array of the ids would be compared one by one with each row.
 */
function ofTheirCustomers(sight: Owners, column: string): Condition[] {
  const owned = ownedBy(sight, 'owned.ownerId');
  return owned.length === 0 ? [] : [hasCustomer(CUSTOMERS, column, owned)];
}

const hasCustomer = (customers: RawBuilder<unknown>, column: string, owned: readonly Condition[]): Condition =>
  sql`exists (select from ${customers} as owned
    where ${sql.ref('owned.customerId')} = ${sql.ref(column)} and (${anyOf(owned)}))`;

const CUSTOMERS = sql.table('directory.customers');
const anyOf = (conditions: readonly Condition[]): Condition => sql<SqlBool>`${sql.join(conditions, sql` or `)}`;

/** Lines of a table by who sees them, as conditions of which each line meets one at most. */
export interface Sources {
  /** The lines that the viewer's owners own. */
  readonly own: Condition;
  /** Lines of others that belong to customers of these owners. */
  readonly others: Condition;
  /** The same as both together, for those who read lines in order until a page is full: each line's customer is looked up by itself. */
  readonly each: Condition;
  /** The owner, where there is one only and nothing that nobody owns: such lines are found by an index from each source. */
  readonly narrow: boolean;
}

/**
 * The same lines as `visible` says, taken apart. Postgres finds no index for "mine, or of a customer of mine", but one for each half.
 * Undefined where a line is visible for one reason only.
 * @param key The column that tells the lines of the table apart.
 */
export function sourcesOf(
  sight: Sight,
  { owner, customer, isCustomer, shared }: Belonging,
  table: string,
  key: string,
): Sources | undefined {
  if (typeof sight === 'string' || !owner || !customer || isCustomer || sight.customers.length > 0) return undefined;
  const mine = ownedBy(sight, `${table}.${owner}`);
  if (mine.length === 0) return undefined;
  const own = sql<SqlBool>`(${anyOf(mine)})`;
  const narrow = sight.owners.length === 1 && !sight.unowned;
  const customers = shared ? sharing(shared) : CUSTOMERS;
  const theirs = hasCustomer(customers, `${table}.${customer}`, ownedBy(sight, 'owned.ownerId'));
  const others = narrow
    ? othersByIndex(sight.owners[0]!, customers, { table, key, owner, customer })
    : sql<SqlBool>`${own} is not true and ${theirs}`;
  const each = sql<SqlBool>`(${own} or (select ${anyOf(ownedBy(sight, 'owned.ownerId'))} from ${CUSTOMERS} as owned
    where ${sql.ref('owned.customerId')} = ${sql.ref(`${table}.${customer}`)}))`;
  return { own, others, each, narrow };
}

/** The customers that have such lines of somebody else: of the others nothing is to be found. */
const sharing = (shared: NonNullable<Belonging['shared']>): RawBuilder<unknown> =>
  sql`(select ${sql.ref('customerId')}, ${sql.ref('customerOwnerId')} as ${sql.ref('ownerId')}
    from ${sql.table('directory.customerShares')} where ${sql.ref(shared)} > 0)`;

/** The `others` among lines that name both owners, the customer's and their own. */
export function othersAmong(sight: Owners, table: string): Condition {
  const [theirs, mine] = [ownedBy(sight, `${table}.customerOwnerId`), ownedBy(sight, `${table}.ownerId`)];
  return sql`(${anyOf(theirs)}) and (${anyOf(mine)}) is not true`;
}

/** As arrays, of which Postgres expects a few values: it would otherwise read all lines in order to find these few. */
function othersByIndex(
  person: string,
  customers: RawBuilder<unknown>,
  { table, key, owner, customer }: { [part: string]: string },
): Condition {
  const column = (name: string) => sql.ref(`line.${name}`);
  return sql`${sql.ref(`${table}.${key}`)} = any(array(
    select ${column(key!)} from ${sql.table(table!)} as line
    where ${column(customer!)} = any(array(
        select ${sql.ref('owned.customerId')} from ${customers} as owned where ${sql.ref('owned.ownerId')} = ${person}))
      and (${column(owner!)} = ${person}) is not true))`;
}
