import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Kysely } from 'kysely';
import { OpenOpportunity } from '#crm/opportunity/opportunity.commands.js';
import { businessDay } from '#event-sourcing/business-time.js';
import { systemViewer } from '#platform/access/viewer.js';
import { directory } from '#read-models/directory/directory.projection.js';
import { directoryResolvers } from '#read-models/directory/directory.resolver.js';
import { orderOf } from '#read-models/directory/list/list.js';
import { listed } from '#read-models/directory/list/list.query.js';
import { lists, lookupNow } from '#read-models/directory/lists.js';
import { SortDirection } from '#read-models/shared/connection.js';
import { pageOf } from '#read-models/shared/keyset.js';
import { type QueryableCrm, queryableCrm } from './queryable-crm.js';

interface Shown {
  readonly id: string;
  readonly name: string | null;
  readonly externalId: string | null;
  readonly source: string | null;
  readonly amount: { readonly minor: number; readonly currency: string } | null;
  readonly expectedCloseOn: string | null;
  readonly changedAt: string;
  readonly createdPosition: number;
}

const names = ['Alpha', 'alphabet', 'ALP_1', '100%', '华东机电', 'a\\b'];
const sources = ['website', '展会', 'referral'];
const days = ['2026-02-27', '2026-03-02', '2026-04-01', '2026-12-31'];
const opportunity = fc.record({
  name: fc.option(fc.constantFrom(...names), { nil: undefined }),
  source: fc.option(fc.constantFrom(...sources), { nil: undefined }),
  amount: fc.option(fc.record({ minor: fc.nat(4), currency: fc.constantFrom('CNY', 'USD') }), { nil: undefined }),
  expectedCloseOn: fc.option(fc.constantFrom(...days), { nil: undefined }),
});

let crm: QueryableCrm;
let all: readonly Shown[];
beforeAll(async () => {
  crm = await queryableCrm([directory], directoryResolvers);
  const samples = fc.sample(opportunity, { numRuns: 80, seed: 20260302 });
  for (const sample of samples) await crm.send(OpenOpportunity, sample);
  all = await ask({});
});
afterAll(() => crm?.close());

async function ask(filter: object, sort?: { by: string; direction?: SortDirection }): Promise<readonly Shown[]> {
  const { view, lookup } = await lookupNow(crm.reading, systemViewer(), await crm.crm.store.head());
  const answer = await listed(view, lists.opportunities, { filter, sort, page: { first: 500 } }, lookup);
  expect(await answer.totalCount()).toBe(answer.nodes.length);
  return answer.nodes as unknown as Shown[];
}

const range = <Value>(value: fc.Arbitrary<Value>) => ({
  from: fc.option(value, { nil: undefined }),
  to: fc.option(value, { nil: undefined }),
});
const conditions = fc.record({
  search: fc.oneof(fc.constantFrom('a', 'ALP', '%', '_', '\\', '电', '100%', 'x', 'lpha'), fc.constantFrom(...names)),
  source: fc.subarray([...sources, 'unknown']),
  amount: fc.record({ currency: fc.constantFrom('CNY', 'USD', 'EUR'), ...range(fc.nat(4)) }),
  expectedCloseOn: fc.record(range(fc.constantFrom(...days, '2026-03-15'))),
  overdue: fc.boolean(),
});
type Filters = Partial<typeof conditions extends fc.Arbitrary<infer Value> ? Value : never>;
/** Two conditions at most: more of them hardly leave anything. */
const filters: fc.Arbitrary<Filters> = fc
  .tuple(conditions, fc.subarray(['search', 'source', 'amount', 'expectedCloseOn', 'overdue'], { maxLength: 2 }))
  .map(([values, wanted]) => Object.fromEntries(Object.entries(values).filter(([field]) => wanted.includes(field))));

/** The same in JavaScript, over what is shown without a filter. */
function matches(shown: Shown, { search, source, amount, expectedCloseOn, overdue }: Filters): boolean {
  const within = <Value>(value: Value, { from, to }: { from?: Value | null; to?: Value | null }) =>
    (from == null || value >= from) && (to == null || value <= to);
  const today = businessDay(crm.crm.now(), 'Asia/Shanghai');
  const isOverdue = shown.expectedCloseOn !== null && shown.expectedCloseOn < today;
  return (
    (!search || [shown.name, shown.externalId].some(text => text?.toLowerCase().includes(search.toLowerCase()))) &&
    (!source || (shown.source !== null && source.includes(shown.source))) &&
    (!amount || (shown.amount?.currency === amount.currency && within(shown.amount.minor, amount))) &&
    (!expectedCloseOn || (shown.expectedCloseOn !== null && within(shown.expectedCloseOn, expectedCloseOn))) &&
    (overdue === undefined || overdue === isOverdue)
  );
}

describe('A filtered list', () => {
  it('counts what it shows, also where the numbers are kept beside the rows', async () => {
    expect(lists.opportunities.counts?.by).toEqual(['status', 'ownerId']);
    expect(await ask({ status: ['OPEN'] })).toHaveLength(all.length);
    expect(await ask({ status: ['OPEN', 'WON'], owned: false })).toHaveLength(all.length);
    expect(await ask({ status: ['WON'] })).toHaveLength(0);
    expect(await ask({ ownerId: ['nobody'] })).toHaveLength(0);
  });

  it('holds exactly the records that match', async () => {
    let hits = 0;
    await fc.assert(
      fc.asyncProperty(filters, async filter => {
        const expected = all.filter(shown => matches(shown, filter)).map(({ id }) => id);
        expect((await ask(filter)).map(({ id }) => id)).toEqual(expected);
        hits += expected.length;
      }),
      { numRuns: 200 },
    );
    // Otherwise the property would have been about empty lists.
    expect(hits).toBeGreaterThan(500);
  });
});

describe('A sorted list', () => {
  const keys: Readonly<Record<string, (shown: Shown) => string | number | null>> = {
    CREATED: ({ createdPosition }) => createdPosition,
    NAME: ({ name }) => name,
    AMOUNT: ({ amount }) => amount?.minor ?? null,
    EXPECTED_CLOSE_ON: ({ expectedCloseOn }) => expectedCloseOn,
  };
  const places = Object.keys(keys).flatMap(by =>
    [SortDirection.ASC, SortDirection.DESC].map(direction => ({ by, direction })),
  );

  it.each(places)('is in order by $by $direction, records without a value last', async sort => {
    const shown = await ask({}, sort);
    expect(shown).toHaveLength(all.length);
    const values = shown.map(keys[sort.by]!);
    const valued = values.filter(value => value !== null);
    expect(values.slice(valued.length).every(value => value === null)).toBe(true);
    const sign = sort.direction === SortDirection.ASC ? 1 : -1;
    for (const [index, value] of valued.slice(1).entries())
      expect(compare(value, valued[index]!) * sign).toBeGreaterThanOrEqual(0);
  });

  // Postgres compares code points, as UTF-8 bytes do.
  const compare = (a: string | number, b: string | number) =>
    typeof a === 'number' ? a - Number(b) : Buffer.compare(Buffer.from(a), Buffer.from(String(b)));
});

describe('Pages of a list, taken while others write', () => {
  interface Line {
    id: string;
    value: number | null;
  }
  type Tables = { lines: Line };
  const order = orderOf(
    {
      ...lists.leads,
      table: {
        ...lists.leads.table,
        key: 'id',
        columns: { ...lists.leads.table.columns, value: { kind: 'integer', optional: true } },
      },
      sorts: { VALUE: ['value', ''] },
    },
    { by: 'VALUE' },
  );
  const line = fc.record({ id: fc.uuid(), value: fc.option(fc.nat(5)) });
  const write = fc.oneof(fc.record({ insert: line }), fc.record({ remove: fc.nat(100) }));

  it('leave nothing out that is there throughout, and repeat nothing', async () => {
    const db = crm.reading.database.kysely as Kysely<Tables>;
    await db.schema.createTable('lines').addColumn('id', 'text').addColumn('value', 'bigint').execute();
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(line, { selector: ({ id }) => id, minLength: 1, maxLength: 30 }),
        fc.array(write, { maxLength: 40 }),
        fc.integer({ min: 1, max: 4 }),
        fc.boolean(),
        async (lines, writes, first, descending) => {
          await db.deleteFrom('lines').execute();
          await db.insertInto('lines').values(lines).execute();
          const throughout = new Set(lines.map(({ id }) => id));
          const seen: string[] = [];
          const pending = [...writes];
          for (let after: string | undefined, more = true; more; ) {
            const page = await pageOf(db.selectFrom('lines').selectAll(), { ...order, descending }, { first, after });
            seen.push(...page.lines.map(({ row }) => row.id));
            after = page.lines.at(-1)?.cursor;
            more = page.hasNextPage;
            const next = pending.shift();
            if (next && 'insert' in next) await db.insertInto('lines').values(next.insert).execute();
            if (next && 'remove' in next) {
              const { id } = lines[next.remove % lines.length]!;
              throughout.delete(id);
              await db.deleteFrom('lines').where('id', '=', id).execute();
            }
          }
          expect(new Set(seen).size).toBe(seen.length);
          expect([...throughout].filter(id => !seen.includes(id))).toEqual([]);
        },
      ),
      { numRuns: 60 },
    );
  });
});
