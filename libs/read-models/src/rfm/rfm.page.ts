import { type Order, type Paged, pageOfRows, type Slice } from '../shared/keyset.js';
import type { Scored } from './rfm.scoring.js';

/** A customer of the report; `place` in its columns. */
export interface RankedCustomer {
  readonly place: number;
  readonly customerId: string;
  readonly monetary: number;
}

/** Those who bring most come first. */
const order: Order = {
  name: 'rfm.MONETARY',
  keys: [
    { column: 'monetary', kind: 'integer' },
    { column: 'customerId', kind: 'text' },
  ],
  descending: true,
};

/** The places of all customers in the order of the list. */
export function rankingOf({ ids, monetary }: Pick<Scored, 'ids' | 'monetary'>): Uint32Array {
  return Uint32Array.from(ids.keys()).sort((a, b) => monetary[b]! - monetary[a]! || (ids[a]! < ids[b]! ? 1 : -1));
}

/**
 * A page of the customers who match.
 * @param ranking Of these customers, by `rankingOf`.
 * @throws Refusal BAD_USER_INPUT for a cursor of another list.
 */
export function pageOfCustomers(
  { ids, monetary }: Pick<Scored, 'ids' | 'monetary'>,
  ranking: Uint32Array,
  matches: (place: number) => boolean,
  slice: Slice,
): Paged<RankedCustomer> {
  const customerAt = (place: number) => ({ place, customerId: ids[place]!, monetary: monetary[place]! });
  const found: RankedCustomer[] = [];
  let rank = firstBehind(
    ranking,
    place => pageOfRows([customerAt(place)], order, { ...slice, first: 1 }).lines.length > 0,
  );
  for (; rank < ranking.length && found.length <= slice.first; rank++)
    if (matches(ranking[rank]!)) found.push(customerAt(ranking[rank]!));
  return pageOfRows(found, order, slice);
}

/** Halves the ranking until it has found the first place behind the cursor. */
function firstBehind(ranking: Uint32Array, isBehind: (place: number) => boolean): number {
  let [low, high] = [0, ranking.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isBehind(ranking[middle]!)) high = middle;
    else low = middle + 1;
  }
  return low;
}
