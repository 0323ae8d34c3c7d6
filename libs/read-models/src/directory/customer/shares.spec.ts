import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { CrmEvents } from '#crm/events.js';
import type { NewEvent } from '#event-sourcing/event.js';
import type { TotalsTable } from '#event-sourcing/projection.js';
import { foldInMemory } from '#projections/fold-in-memory.js';
import { happened, recorded } from '#test/support/history.js';
import { withReadModels } from '#test/support/read-models.js';
import { customers } from '../customer/customer.rows.js';
import { type DirectoryTables, directory } from '../directory.projection.js';
import { opportunities } from '../opportunity/opportunity.rows.js';
import { payments } from '../payment/payment.rows.js';
import { customerShares, sharedOpportunityCounts, sharedPaymentCounts } from './shares.rows.js';

type Kind = keyof CrmEvents;

const DAY = '2026-03-02';
const owner = fc.constantFrom('li', 'han', 'zhao');
const maybe = fc.option(owner, { nil: undefined });
const customerId = fc.constantFrom('a', 'b');
const event = <Type extends Kind>(type: Type, data: fc.Arbitrary<CrmEvents[Type]>) =>
  data.map(data => happened(DAY, type, data));

const opportunity = fc.constantFrom(
  { opportunityId: '1', customerId: 'a' },
  { opportunityId: '2', customerId: 'a' },
  { opportunityId: '__proto__', customerId: 'b' },
  { opportunityId: '4', customerId: undefined },
);
const opened = (ids: { opportunityId: string; customerId?: string }, ownerId?: string) => ({
  ...{ ...ids, ownerId, pipelineId: 'default', pipelineVersion: 1, stages: ['A'], openedOn: DAY },
});

/** Events in any order, also such as no decider would answer: of customers not yet registered, of opportunities not yet opened. */
const history = fc.array(
  fc.oneof(
    event(
      'CustomerRegistered',
      fc.record({ customerId, ownerId: maybe }).map(who => ({ ...who, name: 'x', type: 'BUYER', registeredOn: DAY })),
    ),
    event('CustomerHandedOver', fc.record({ customerId, ownerId: owner })),
    event(
      'OpportunityOpened',
      fc.tuple(opportunity, maybe).map(([ids, ownerId]) => opened(ids, ownerId)),
    ),
    event(
      'OpportunityHandedOver',
      fc.tuple(opportunity, owner).map(([ids, ownerId]) => ({ ...ids, ownerId })),
    ),
    event(
      'OpportunityWon',
      opportunity.map(ids => ({ ...ids, wonOn: DAY })),
    ),
    event(
      'OpportunityLost',
      opportunity.map(ids => ({ ...ids, reason: 'price', lostOn: DAY })),
    ),
    event(
      'OpportunityReopened',
      opportunity.map(ids => ({ ...ids, from: 'lost' as const, to: 'A' })),
    ),
    event(
      'PaymentReceived',
      fc.record({ customerId, ownerId: maybe, paymentId: fc.uuid() }).map(paid => ({
        ...{ ...paid, amount: { minor: 1, currency: 'CNY' }, paidOn: DAY },
      })),
    ),
  ),
  { maxLength: 40 },
);

interface Part {
  readonly ownerId: string | null;
  readonly status?: string;
  readonly rows: number;
}

const partsOf = ({ of }: Pick<TotalsTable, 'of'>, row: object) => of(row as never) as readonly Part[];

type Row = { readonly customerId: string | null; readonly ownerId: string | null; readonly status: string };

/** What is shared, counted among the records themselves. */
function recounted(rows: readonly Row[], owners: ReadonlyMap<string, string | null>): string[] {
  const shared = rows.filter(
    ({ customerId, ownerId }) => customerId !== null && owners.has(customerId) && owners.get(customerId) !== ownerId,
  );
  return shared.map(({ customerId, ownerId, status }) => `${owners.get(customerId!)} ${ownerId} ${status}`).sort();
}

describe('What customers share', () => {
  it('are the records of others, whatever happened in whichever order', () => {
    fc.assert(
      fc.property(history, events => {
        const found = foldInMemory(
          { customers, opportunities, payments, customerShares },
          recorded(events),
          'Asia/Shanghai',
        );
        const owners = new Map(found.customers.map(({ customerId, ownerId }) => [customerId, ownerId]));
        const lines = found.customerShares.flatMap(row =>
          partsOf(sharedOpportunityCounts, row).map(part => `${row.customerOwnerId} ${part.ownerId} ${part.status}`),
        );
        expect(lines.sort()).toEqual(recounted(found.opportunities, owners));
        const paid = found.customerShares.flatMap(row =>
          partsOf(sharedPaymentCounts, row).flatMap(part =>
            Array.from({ length: part.rows }, () => `${row.customerOwnerId} ${part.ownerId}`),
          ),
        );
        const status = '';
        expect(paid.map(line => `${line} ${status}`).sort()).toEqual(
          recounted(
            found.payments.map(payment => ({ ...payment, status })),
            owners,
          ),
        );
        for (const { customerId, sharedOpportunities, sharedPayments } of found.customerShares) {
          const own = (row: Row) => row.customerId === customerId;
          expect([sharedOpportunities, sharedPayments]).toEqual([
            recounted(found.opportunities.filter(own), owners).length,
            recounted(found.payments.filter(own), owners).length,
          ]);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('is kept by both owners, and is nobody’s once one of them has everything', async () => {
    const events = [
      happened(DAY, 'CustomerRegistered', {
        ...{ customerId: 'a', ownerId: 'li', name: 'x', type: 'BUYER', registeredOn: DAY },
      }),
      happened(DAY, 'OpportunityOpened', opened({ opportunityId: '1', customerId: 'a' }, 'han')),
      happened(DAY, 'OpportunityOpened', opened({ opportunityId: '2', customerId: 'a' }, 'li')),
    ];
    const lines = async (further: readonly NewEvent[]) => {
      let found: unknown;
      await withReadModels<DirectoryTables>([directory], [...events, ...further], async (_, { pool }) => {
        const { rows } = await pool.query(
          `select customer_owner_id, owner_id, status, rows from directory.shared_opportunity_counts where rows <> 0`,
        );
        found = rows.map(row => Object.values(row).join(' '));
      });
      return found;
    };
    expect(await lines([])).toEqual(['li han OPEN 1']);
    expect(await lines([happened(DAY, 'CustomerHandedOver', { customerId: 'a', ownerId: 'han' })])).toEqual([
      'han li OPEN 1',
    ]);
    const handedOver = { opportunityId: '1', customerId: 'a', ownerId: 'li' };
    expect(await lines([happened(DAY, 'OpportunityHandedOver', handedOver)])).toEqual([]);
  }, 30_000);
});
