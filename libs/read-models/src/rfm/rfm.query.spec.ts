import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { addDays } from '#event-sourcing/business-time.js';
import { systemViewer } from '#platform/access/viewer.js';
import { happened } from '#test/support/history.js';
import { withReadModels } from '#test/support/read-models.js';
import { View } from '../access/view.js';
import { RfmBasis } from './rfm.methods.js';
import { type RfmTables, rfm } from './rfm.projection.js';
import { customersOf } from './rfm.query.js';

const DAYS = 12;
const dayOf = (day: number) => addDays('2026-03-01', day);

interface Payment {
  readonly customer: string;
  readonly currency: string;
  readonly minor: number;
  readonly day: number;
  readonly isReversed: boolean;
}

const payment: fc.Arbitrary<Payment> = fc.record({
  customer: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'),
  currency: fc.constantFrom('CNY', 'USD'),
  minor: fc.integer({ min: 1, max: 9 }).map(units => units * 1_000_000_000),
  day: fc.integer({ min: 0, max: DAYS }),
  isReversed: fc.boolean(),
});

/** As they were recorded: in no order of the days, and some are taken back much later. */
function eventsOf(payments: readonly Payment[]) {
  const told = payments.map(({ customer, currency, minor, day }, index) => ({
    paymentId: `p${index}`,
    customerId: customer,
    amount: { minor, currency },
    paidOn: dayOf(day),
  }));
  const received = told.map(data => happened('2026-04-01', 'PaymentReceived', data));
  const reversed = told
    .filter((_, index) => payments[index]!.isReversed)
    .map(data => happened('2026-04-01', 'PaymentReversed', { ...data, reason: 'bounced', reversedOn: '2026-04-01' }));
  const half = Math.floor(received.length / 2);
  // Those received last come after what was taken back of the others.
  const early = reversed.filter(({ data }) => Number(data.paymentId.slice(1)) < half);
  return [
    ...received.slice(0, half),
    ...early,
    ...received.slice(half),
    ...reversed.filter(one => !early.includes(one)),
  ];
}

describe('What customers paid up to a day', () => {
  it('is the same from what is kept by customer as from all their payments', async () => {
    const payments = fc.sample(payment, { numRuns: 120, seed: 20260301 });
    const counting = payments.filter(({ isReversed }) => !isReversed);
    await withReadModels<RfmTables>([rfm], eventsOf(payments), async db => {
      const view = new View(db, systemViewer());
      for (let day = 0; day <= DAYS; day++)
        for (const currency of ['CNY', 'USD']) {
          const question = { asOf: dayOf(day), basis: RfmBasis.RECEIPTS, currency };
          const lines = async (asked: Parameters<typeof customersOf>[1]) => {
            const { ids, recencyDays, frequency, monetary } = await customersOf(view, asked);
            return ids.map((id, at) => [id, recencyDays[at], frequency[at], monetary[at]]).sort();
          };
          const kept = await lines(question);
          expect(kept).toEqual(
            expectedOn(
              day,
              counting.filter(one => one.currency === currency),
            ),
          );
          // What everything was known to be is asked of the payments themselves.
          expect(kept).toEqual(await lines({ ...question, knownOn: '2026-04-02' }));
        }
    });
  });
});

/** A line per customer: days since the last payment, how many there were, what they come to. */
function expectedOn(day: number, payments: readonly Payment[]) {
  const until = payments.filter(one => one.day <= day);
  return [...new Set(until.map(({ customer }) => customer))].sort().map(customer => {
    const theirs = until.filter(one => one.customer === customer);
    const last = Math.max(...theirs.map(one => one.day));
    return [customer, day - last, theirs.length, theirs.reduce((sum, { minor }) => sum + minor, 0)];
  });
}
