import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Importing, startImporting } from './importing.js';

describe('a reference to another record', () => {
  let crm: Importing;
  beforeAll(async () => {
    crm = await startImporting();
  });
  afterAll(() => crm?.close());

  const ownersOf = async (...externalIds: string[]) => {
    const { customers } = await crm.query<{ customers: { nodes: { externalId: string; owner?: { id: string } }[] } }>(
      'query ($externalIds: [ID!]) { customers(filter: { externalIds: $externalIds }) { nodes { externalId owner { id externalId name } } } }',
      { externalIds },
    );
    return externalIds.map(id => customers.nodes.find(({ externalId }) => externalId === id)?.owner);
  };

  it('is an external id or an exact name', async () => {
    const { outcomes } = await crm.import({
      'employees.csv': ['externalId,name', 'byId,张伟', 'byName,王秀英'],
      'customers.csv': ['externalId,name,owner', 'r1,甲,byId', 'r2,乙,王秀英', 'r3,丙,王秀', 'r4,丁,BYID'],
    });
    expect(outcomes.slice(0, 4)).toEqual([
      'customers.csv:2 created',
      'customers.csv:3 created',
      'customers.csv:4 rejected owner',
      'customers.csv:5 rejected owner',
    ]);
    expect(await ownersOf('r1', 'r2')).toMatchObject([{ externalId: 'byId' }, { externalId: 'byName' }]);
  });

  it('means the external id where another record has that name', async () => {
    await crm.import({
      'employees.csv': ['externalId,name', 'e-1,e-2', 'e-2,e-1'],
      'customers.csv': ['externalId,name,owner', 'r5,甲,e-2'],
    });
    expect(await ownersOf('r5')).toMatchObject([{ externalId: 'e-2', name: 'e-1' }]);
  });

  it('is refused where several records have the name', async () => {
    const { lines } = await crm.import({
      'employees.csv': ['externalId,name', 'n1,李娜', 'n2,李娜'],
      'customers.csv': ['externalId,name,owner', 'r6,甲,李娜', 'r7,乙,n2'],
    });
    expect(lines[0]).toMatchObject({
      outcome: 'rejected',
      column: 'owner',
      reason: 'Several employees are called 李娜. Use the externalId.',
    });
    expect(lines[1]).toMatchObject({ outcome: 'created' });
  });

  it('finds records that were made over GraphQL, by either', async () => {
    const { a, b } = await crm.query<Record<'a' | 'b', { id: string }>>(`mutation {
      a: hireEmployee(input: { name: "GraphQL 甲", externalId: "gql-1" }) { id }
      b: hireEmployee(input: { name: "GraphQL 乙" }) { id }
    }`);
    await crm.import({ 'customers.csv': ['externalId,name,owner', 'r8,甲,gql-1', 'r9,乙,GraphQL 乙'] });
    expect(await ownersOf('r8', 'r9')).toMatchObject([{ id: a.id }, { id: b.id }]);
  });

  it('finds contracts, opportunities, campaigns and pipelines of an earlier import, contracts also by their number', async () => {
    await crm.import({
      'pipelines.csv': ['pipeline,stage', 'earlier pipeline,S1'],
      'campaigns.csv': ['externalId,name', 'earlier campaign,展会'],
      'customers.csv': ['externalId,name', 'earlier customer,先前客户'],
      'opportunities.csv': ['externalId,customer,pipeline', 'earlier opportunity,earlier customer,earlier pipeline'],
      'contracts.csv': [
        'externalId,customer,number,amount,signedOn',
        'earlier contract,earlier customer,HT-1,10,2026-01-01',
      ],
    });
    const { outcomes, events } = await crm.import({
      'opportunities.csv': ['externalId,pipeline,campaign', 'later,earlier pipeline,展会'],
      'stageChanges.csv': ['opportunity,stage,enteredOn', 'earlier opportunity,S1,2026-01-02'],
      'payments.csv': [
        'externalId,customer,contract,campaign,amount,paidOn',
        'later 1,先前客户,earlier contract,earlier campaign,5,2026-01-03',
        'later 2,earlier customer,HT-1,,5,2026-01-03',
      ],
    });
    expect(outcomes.filter(outcome => !outcome.endsWith(' created'))).toEqual([]);
    const contracts = events.flatMap(({ data }) => (data as { contractId?: string }).contractId ?? []);
    expect(contracts).toHaveLength(2);
    expect(contracts[0]).toBe(contracts[1]);
  });

  it('to nothing names the cell, and changes nothing', async () => {
    const { lines, events } = await crm.import({
      'payments.csv': [
        'externalId,customer,contract,owner,campaign,amount,paidOn',
        'x1,nobody,,,,5,2026-01-03',
        'x2,earlier customer,none,,,5,2026-01-03',
        'x3,earlier customer,,nobody,,5,2026-01-03',
        'x4,earlier customer,,,none,5,2026-01-03',
        'x5,no\u0000body,,,,5,2026-01-03',
      ],
    });
    expect(lines.map(({ column }) => column)).toEqual(['customer', 'contract', 'owner', 'campaign', 'customer']);
    expect(lines[0]!.reason).toBe('There are no customers with the externalId or name nobody.');
    expect(events).toEqual([]);
  });

  it('to a row that was rejected says so', async () => {
    const { lines } = await crm.import({
      'customers.csv': ['externalId,name,type', 'bad,甲,FRIEND'],
      'payments.csv': ['externalId,customer,amount,paidOn', 'x6,bad,5,2026-01-03'],
    });
    expect(lines[1]).toMatchObject({
      outcome: 'rejected',
      column: 'customer',
      reason: 'bad was not imported: its own row was rejected.',
    });
  });

  it('to somebody who has left since is the cell at fault', async () => {
    await crm.import({ 'employees.csv': ['externalId,name', 'left,赵敏'] });
    const { employees } = await crm.query<{ employees: { nodes: { id: string }[] } }>(
      '{ employees(filter: { externalIds: "left" }) { nodes { id } } }',
    );
    await crm.query(
      'mutation ($id: ID!) { dismissEmployee(input: { employeeId: $id, dismissedOn: "2026-02-01" }) { id } }',
      employees.nodes[0],
    );
    const { outcomes } = await crm.import({
      'customers.csv': ['externalId,name,owner,registeredOn', 'r10,甲,left,2026-01-31', 'r11,甲,left,2026-02-01'],
    });
    expect(outcomes).toEqual(['customers.csv:2 created', 'customers.csv:3 rejected owner']);
  });

  describe('among employees', () => {
    it('works in any order and depth', async () => {
      const chain = ['m1,甲一,', 'm2,甲二,甲一', 'm3,甲三,m2', 'm4,甲四,甲三'].reverse();
      const { outcomes } = await crm.import({ 'employees.csv': ['externalId,name,manager', ...chain] });
      expect(outcomes).toEqual([2, 3, 4, 5].map(line => `employees.csv:${line} created`));
    });

    it('is refused in a circle, and below it; the others are hired', async () => {
      const { lines, events } = await crm.import({
        'employees.csv': [
          'externalId,name,manager',
          'k1,乙一,k2',
          'k2,乙二,乙一',
          'k3,乙三,k1',
          'k4,乙四,k4',
          'k5,乙五,',
        ],
      });
      expect(lines.map(({ outcome, column }) => `${outcome} ${column}`)).toEqual([
        ...Array(4).fill('rejected manager'),
        'created ',
      ]);
      expect(lines[0]!.reason).toBe('k2 cannot be the manager: the rows refer to one another in a circle.');
      expect(events.map(({ data }) => (data as { name: string }).name)).toEqual(['乙五']);
    });
  });

  describe('that is missing', () => {
    const employees = { file: 'employees.csv', columns: { externalId: 'id', name: 'id', manager: 'boss' } };

    it('creates the record where the mapping says so, once', async () => {
      const files = { 'employees.csv': ['id,boss', 's1,老板', 's2,老板', 's3,s1'] };
      const mapping = { kinds: { employees: [{ ...employees, createMissing: ['manager'] }] } };
      const first = await crm.import(files, mapping);
      expect(first.outcomes).toEqual([
        'employees.csv:2 created',
        'employees.csv:3 created',
        'employees.csv:4 created',
        'missing references:1 created',
      ]);
      const again = await crm.import(files, mapping);
      expect([...new Set(again.lines.map(({ outcome }) => outcome))]).toEqual(['unchanged']);
      expect(again.moved).toBe(0n);
    });

    it('is not asked for where a record needs more than a name', async () => {
      const payments = { file: 'p.csv', columns: { externalId: 'a', customer: 'a', amount: 'a', paidOn: 'a' } };
      const creating = crm.import(
        { 'p.csv': ['a', '1'] },
        { kinds: { payments: [{ ...payments, createMissing: ['contract'] }] } },
      );
      await expect(creating).rejects.toThrow(/createMissing\/0 must be equal to one of the allowed values/);
    });
  });

  it('to a row whose record exists already under that external id means the existing one', async () => {
    const { registerCustomer } = await crm.query<{ registerCustomer: { id: string } }>(
      'mutation { registerCustomer(input: { name: "先到", externalId: "first come" }) { id } }',
    );
    const { outcomes, events } = await crm.import({
      'customers.csv': ['externalId,name', 'first come,先到'],
      'payments.csv': ['externalId,customer,amount,paidOn', 'x7,first come,5,2026-01-03'],
    });
    expect(outcomes).toEqual(['customers.csv:2 unchanged', 'payments.csv:2 created']);
    expect(events.map(({ data }) => (data as { customerId: string }).customerId)).toEqual([registerCustomer.id]);
  });
});
