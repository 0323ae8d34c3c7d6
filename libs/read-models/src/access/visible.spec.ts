import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { sql } from 'kysely';
import { reaches, type Sight } from '#platform/access/viewer.js';
import { happened } from '#test/support/history.js';
import { withReadModels } from '#test/support/read-models.js';
import { type DirectoryTables, directory } from '../directory/directory.projection.js';
import { belongings } from './belongings.js';
import { othersAmong, sourcesOf, visible } from './visible.js';

const OWNERS = ['li', 'han', 'zhao', undefined];
const registered = OWNERS.map(ownerId =>
  happened('2026-03-02', 'CustomerRegistered', {
    customerId: `of-${ownerId}`,
    name: 'x',
    type: 'BUYER',
    ownerId,
    registeredOn: '2026-03-02',
  }),
);
const customers = new Map(OWNERS.map(ownerId => [`of-${ownerId}`, ownerId]));
/** Opportunities of everybody for everybody's customers, and for none. */
const deals = OWNERS.flatMap(ownerId =>
  [...customers.keys(), undefined].map(customerId => ({
    opportunityId: `${ownerId}/${customerId}`,
    ownerId,
    customerId,
  })),
);
const opened = deals.map(deal =>
  happened('2026-03-02', 'OpportunityOpened', {
    ...deal,
    pipelineId: 'default',
    pipelineVersion: 1,
    stages: ['A'],
    openedOn: '2026-03-02',
  }),
);

const many = Array.from({ length: 20 }, (_, index) => `somebody-${index}`);
const sights: fc.Arbitrary<Sight> = fc.oneof(
  fc.constantFrom<Sight>('everything', 'nothing'),
  fc.record({
    owners: fc.tuple(fc.subarray(['li', 'han', 'zhao']), fc.constantFrom([], many)).map(parts => parts.flat()),
    unowned: fc.boolean(),
    customers: fc.subarray([...customers.keys()]),
  }),
);

describe('The lines that a sight reaches', () => {
  it('are in SQL what they are in words, and with a customer everything that belongs to it', async () => {
    await withReadModels<DirectoryTables>([directory], [...registered, ...opened], async db => {
      const seen = async (table: 'customers' | 'opportunities', sight: Sight) => {
        const path = `directory.${table}` as const;
        const condition = visible(sight, belongings[path], path);
        const query = db.selectFrom(path).$if(condition !== undefined, rows => rows.where(condition!));
        const id = table === 'customers' ? 'customerId' : 'opportunityId';
        return (await query.select(`${id} as id`).execute()).map(row => row.id).sort();
      };
      const dealsBySource = (sight: Sight) => {
        const path = 'directory.opportunities';
        const sources = sourcesOf(sight, belongings[path], path, 'opportunityId');
        const idsOf = async (condition = visible(sight, belongings[path], path)) => {
          const query = db.selectFrom(path).$if(condition !== undefined, rows => rows.where(condition!));
          return (await query.select('opportunityId').execute()).map(row => row.opportunityId).sort();
        };
        const { own, others, each } = sources ?? {};
        return Promise.all([idsOf(own), sources ? idsOf(others) : [], idsOf(each)]);
      };
      const keptOthers = async (sight: Sight) => {
        if (typeof sight === 'string' || !sourcesOf(sight, belongings['directory.opportunities'], 'o', 'id')) return 0;
        const { rows } = await sql<{ count: number }>`
          select coalesce(sum(rows), 0) as count from directory.shared_opportunity_counts as t
          where ${othersAmong(sight, 't')}`.execute(db);
        return rows[0]!.count;
      };
      await fc.assert(
        fc.asyncProperty(sights, async sight => {
          const theirs = [...customers].filter(([customerId, ownerId]) => reaches(sight, { ownerId, customerId }));
          const ids = theirs.map(([customerId]) => customerId);
          expect(await seen('customers', sight)).toEqual(ids.toSorted());
          const expected = deals.filter(
            deal => reaches(sight, deal) || (deal.customerId && ids.includes(deal.customerId)),
          );
          const visibleDeals = expected.map(deal => deal.opportunityId).sort();
          expect(await seen('opportunities', sight)).toEqual(visibleDeals);
          const [own, others, each] = await dealsBySource(sight);
          // Taken apart they are the same, and none is counted twice.
          expect([...own, ...others].sort()).toEqual(visibleDeals);
          expect(each).toEqual(visibleDeals);
          expect(await keptOthers(sight)).toBe(others.length);
        }),
        { numRuns: 60 },
      );
    });
  });
});
