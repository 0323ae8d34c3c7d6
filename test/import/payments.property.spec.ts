import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Importing, startImporting } from './importing.js';

const amounts = fc.constantFrom('1', '0.01', '12.30', '99999.99', '0', '-1', '1.005', 'x', '', '1,000', '7.');
const days = fc.constantFrom('2026-01-01', '2026-02-28', '2026-02-29', '', '2999-01-01');
const row = fc.record({
  id: fc.integer({ min: 0, max: 15 }), // some of them twice
  customer: fc.constantFrom('c1', '乙', 'nobody'),
  amount: amounts,
  paidOn: days,
});

describe('any mix of good and bad payments', () => {
  let crm: Importing;
  beforeAll(async () => {
    crm = await startImporting();
    await crm.import({ 'customers.csv': ['externalId,name', 'c1,甲', 'c2,乙'] });
  });
  afterAll(() => crm?.close());

  const receipts = async () => {
    const { rfm } = await crm.query<{
      rfm: { customers: { edges: { node: { frequency: number; monetary: { minor: number } } }[] } };
    }>('{ rfm(asOf: "2026-12-31") { customers { edges { node { frequency monetary { minor } } } } } }');
    const nodes = rfm.customers.edges.map(({ node }) => node);
    return {
      count: nodes.reduce((sum, { frequency }) => sum + frequency, 0),
      minor: nodes.reduce((sum, { monetary }) => sum + monetary.minor, 0),
    };
  };

  it('is created or rejected row by row; what is created is what the reports show, and it is created once (property)', async () => {
    let run = 0;
    const property = fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 60 }), async rows => {
      run++;
      const lines = rows.map(({ id, customer, amount, paidOn }) => `${run}-${id},${customer},"${amount}",${paidOn}`);
      const files = { 'payments.csv': ['externalId,customer,amount,paidOn', ...lines] };
      const before = await receipts();
      const first = await crm.import(files);
      const created = first.lines.filter(({ outcome }) => outcome === 'created');
      const minor = created.reduce(
        (sum, { line }) => sum + Math.round(Number(rows[Number(line) - 2]!.amount) * 100),
        0,
      );
      expect(first.lines).toHaveLength(rows.length);
      expect(first.events.filter(({ type }) => type === 'PaymentReceived')).toHaveLength(created.length);
      expect(first.events).toHaveLength(created.length);
      expect(await receipts()).toEqual({ count: before.count + created.length, minor: before.minor + minor });
      // A row is rejected for what is wrong with it, or because an earlier row of that id says otherwise.
      const valid = ({ customer, amount, paidOn }: (typeof rows)[number]) =>
        customer !== 'nobody' &&
        /^\d+(\.\d\d?)?$/.test(amount) &&
        Number(amount) > 0 &&
        /-01-01|-02-28/.test(paidOn.slice(4)) &&
        paidOn < '2999';
      const firstOfId = new Set<number>();
      for (const [index, row] of rows.entries()) {
        if (!valid(row)) expect(first.lines[index]!.outcome).toBe('rejected');
        else if (!firstOfId.has(row.id)) expect(first.lines[index]!.outcome).toBe('created');
        if (valid(row)) firstOfId.add(row.id);
      }
      const again = await crm.import(files);
      expect(again.events).toEqual([]);
      expect(again.lines.map(({ outcome }) => outcome)).toEqual(
        first.lines.map(({ outcome }) => (outcome === 'created' ? 'unchanged' : outcome)),
      );
    });
    await fc.assert(property, { numRuns: 8, endOnFailure: true });
  });
});
