import { sql } from 'kysely';
import type { Day } from '#event-sourcing/event.js';
import { refuse } from '#event-sourcing/refusal.js';
import type { View } from '../access/view.js';
import type { DirectoryTables } from '../directory/directory.projection.js';
import { columnOf, numbersIn, numbersOf } from '../shared/columns.js';
import { RfmBasis } from './rfm.methods.js';
import type { RfmTables } from './rfm.projection.js';
import type { Customers } from './rfm.scoring.js';

/** Whose transactions count, up to which day, and as known on which. */
export interface RfmQuestion {
  readonly asOf: Day;
  readonly basis: RfmBasis;
  /** Default: the only one that occurs. */
  readonly currency?: string | null;
  /** Only what was recorded by the end of this day; default: all that is known. */
  readonly knownOn?: Day | null;
  /** Whether anybody looks at the single customers: a million ids take as long as everything else. Default: yes. */
  readonly withIds?: boolean;
}

const NO_TRANSACTIONS: Omit<Customers, 'currency'> = {
  ids: [],
  recencyDays: new Float64Array(),
  frequency: new Float64Array(),
  monetary: new Float64Array(),
};

/**
 * The customers with transactions, in no particular order.
 * @throws Refusal BAD_USER_INPUT when amounts of several currencies would have to be mixed.
 */
export async function customersOf(view: View<RfmTables>, question: RfmQuestion): Promise<Customers> {
  const found = await columnsOf(view, question);
  const [only, ...others] = found;
  if (others.length > 0) throw refuseMixture(found.map(({ currency }) => currency));
  if (!only) return { currency: question.currency ?? 'CNY', ...NO_TRANSACTIONS };
  return {
    currency: only.currency,
    ids: only.ids ?? [],
    recencyDays: numbersIn(only.recencyDays),
    frequency: numbersIn(only.frequency),
    monetary: numbersIn(only.monetary),
  };
}

function refuseMixture(currencies: readonly string[]) {
  const allowed = [...currencies].sort();
  const message = `There are transactions in ${allowed.join(', ')}: name the currency that is meant.`;
  return refuse('BAD_USER_INPUT', message, { field: 'currency', allowed });
}

/** One line per currency, with the customers in columns. */
function columnsOf(view: View<RfmTables>, question: RfmQuestion) {
  const { basis, knownOn, withIds = true } = question;
  const isKept = basis === RfmBasis.RECEIPTS && knownOn == null;
  const perCustomer = isKept ? addedUpBefore(view, question) : addedUp(view, question);
  return view
    .over(perCustomer.as('customers'))
    .select([
      'currency',
      numbersOf('recencyDays').as('recencyDays'),
      numbersOf('frequency').as('frequency'),
      numbersOf('monetary').as('monetary'),
    ])
    .$if(withIds, query => query.select(columnOf<string>('customerId').as('ids')))
    .groupBy('currency')
    .execute();
}

/** What the transactions of each customer come to, from the transactions themselves. */
function addedUp(view: View<RfmTables>, { asOf, basis, currency, knownOn }: RfmQuestion) {
  return view
    .rows('rfm.transactions')
    .select(({ fn }) => [
      'currency',
      'customerId',
      fn.countAll<number>().as('frequency'),
      // Whole numbers again: Postgres sums them up to a decimal, which takes longer to write.
      sql<number>`sum(minor)::bigint`.as('monetary'),
      sql<number>`${asOf}::date - max(made_on)`.as('recencyDays'),
    ])
    .where('basis', '=', basis)
    .where('madeOn', '<=', asOf)
    .$if(currency != null, query => query.where('currency', '=', currency!))
    .$if(knownOn == null, query => query.where('voidedOn', 'is', null))
    .$if(knownOn != null, query =>
      query
        .where('knownOn', '<=', knownOn!)
        .where(({ or, eb }) => or([eb('voidedOn', 'is', null), eb('voidedOn', '>', knownOn!)])),
    )
    .groupBy(['currency', 'customerId']);
}

/**
 * The same of all receipts that are known, from what is kept by customer. Where that does not tell which was the last one up to the day
 * of the report, the transactions do.
 */
function addedUpBefore(view: View<RfmTables>, question: RfmQuestion) {
  const { asOf, currency } = question;
  const kept = view.rows('rfm.receipts').$if(currency != null, query => query.where('currency', '=', currency!));
  const tells = sql<boolean>`(last_is_sure and last_on <= ${asOf}::date)`;
  const column = (name: string) => sql.ref(name);
  const sameCustomer = sql<boolean>`${column('rfm.receipts.customerId')} = ${column('rfm.transactions.customerId')}
    and ${column('rfm.receipts.currency')} = ${column('rfm.transactions.currency')}`;
  const untold = kept.where(sql<boolean>`not ${tells}`).where(sameCustomer).select('receiptsId');
  return kept
    .select(['currency', 'customerId', 'frequency', 'monetary', sql<number>`${asOf}::date - last_on`.as('recencyDays')])
    .where(tells)
    .unionAll(addedUp(view, question).where(({ exists }) => exists(untold)));
}

/** What the directory calls these customers. */
export async function recordsOf(view: View<DirectoryTables>, ids: readonly string[]) {
  if (ids.length === 0) return new Map<string, never>();
  const records = await view
    .rows('directory.customers')
    .select(['customerId', 'externalId', 'name'])
    .where('customerId', 'in', ids)
    .execute();
  return new Map(records.map(record => [record.customerId, record]));
}
