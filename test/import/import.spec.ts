import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Files, type Importing, startImporting } from './importing.js';

/** Every kind with all its columns; files in an order that helps nobody. */
const company: Files = {
  'stageChanges.csv': [
    'opportunity,stage,enteredOn,reason,amount,currency',
    'O1,Trial,2026-02-01,,,',
    'O1,lost,2026-02-20,太贵,9000,USD',
  ],
  'payments.csv': [
    'externalId,customer,contract,owner,campaign,amount,currency,paidOn',
    'P1,C1,K1,E2,M1,1000.50,EUR,2026-03-05',
    'P2,C1,,,,12.3,,2026-03-06',
  ],
  'interactions.csv': [
    'externalId,customer,employee,kind,occurredOn,content,result',
    'I1,C1,E2,visit,2026-03-04,"看了样机,\n很满意",下周报价',
  ],
  'contracts.csv': [
    'externalId,customer,opportunity,owner,number,amount,currency,signedOn,instalments',
    'K1,C1,O2,E2,HT-2026-001,2500.50,EUR,2026-03-01,2026-03-31:1000.50; 2026-04-30:1500',
  ],
  'opportunities.csv': [
    'externalId,customer,owner,pipeline,name,source,campaign,amount,currency,openedOn,expectedCloseOn',
    'O1,C1,E2,Machines,一号线,exhibition,M1,10000,USD,2026-01-15,2026-06-30',
    'O2,C1,E2,Machines,二号线,,,,,2026-01-16,',
    'O3,,,,,,,,,,',
  ],
  'leads.csv': [
    'externalId,name,company,source,campaign,owner,region,capturedOn',
    'L1,王芳,华东机电,website,M1,E2,华东,2026-01-10',
  ],
  'customers.csv': [
    'externalId,name,type,industry,region,scale,owner,taxNumber,email,phone,creditGrade,paymentMethod,registeredOn',
    'C1,华东机电有限公司,distributor,机械,华东,200-500,E2,91330000123456789X,buy@example.com,0571-1,A,电汇,2025-12-01',
  ],
  'campaigns.csv': ['externalId,name,cost,currency,startsOn,endsOn', 'M1,春季展会,120000,JPY,2026-03-01,2026-03-05'],
  'pipelines.csv': [
    'pipeline,stage,name,probability',
    'Machines,Needs,需求,20 %',
    'Machines,Trial,试用,50.5',
    'Machines,Offer,,',
  ],
  'employees.csv': [
    'externalId,name,email,team,region,manager,hiredOn',
    'E2,韩梅梅,han@example.com,华东组,华东,E1,2025-02-01',
    'E1,李雷,li@example.com,华东组,华东,,2025-01-01',
  ],
};

describe('importing a folder', () => {
  let crm: Importing;
  let imported: Awaited<ReturnType<Importing['import']>>;
  beforeAll(async () => {
    crm = await startImporting();
    imported = await crm.import(company);
  });
  afterAll(() => crm?.close());

  it('takes every row of every kind', () => {
    expect(imported.outcomes.filter(outcome => !outcome.endsWith(' created'))).toEqual([]);
    expect(imported.lines).toHaveLength(18); // 17 lines, and the team that they name
    expect(imported.remarks).toEqual([]);
  });

  it('brings the team into being that employees name, and sets managers whatever the order', async () => {
    const { employees } = await crm.query<{ employees: { nodes: unknown[] } }>(
      '{ employees(sort: { by: NAME }) { nodes { externalId name email region hiredOn team { name } manager { name } } } }',
    );
    const place = { region: '华东', team: { name: '华东组' } };
    expect(employees.nodes).toEqual(
      expect.arrayContaining([
        { externalId: 'E1', name: '李雷', email: 'li@example.com', hiredOn: '2025-01-01', ...place, manager: null },
        {
          externalId: 'E2',
          name: '韩梅梅',
          email: 'han@example.com',
          hiredOn: '2025-02-01',
          ...place,
          manager: { name: '李雷' },
        },
      ]),
    );
  });

  it('keeps every column of a customer', async () => {
    const { customers } = await crm.query<{ customers: { nodes: unknown[] } }>(`{ customers { nodes {
      externalId name type industry region scale owner { externalId } taxNumber email phone creditGrade paymentMethod registeredOn
    } } }`);
    expect(customers.nodes).toEqual([
      {
        externalId: 'C1',
        name: '华东机电有限公司',
        type: 'DISTRIBUTOR',
        industry: '机械',
        region: '华东',
        scale: '200-500',
        owner: { externalId: 'E2' },
        taxNumber: '91330000123456789X',
        email: 'buy@example.com',
        phone: '0571-1',
        creditGrade: 'A',
        paymentMethod: '电汇',
        registeredOn: '2025-12-01',
      },
    ]);
  });

  it('keeps every column of leads, campaigns and interactions', async () => {
    const { leads, campaigns, interactions } = await crm.query<
      Record<'leads' | 'campaigns' | 'interactions', { nodes: unknown[] }>
    >(`{
      leads { nodes { externalId name company source campaign { externalId } owner { externalId } region capturedOn } }
      campaigns { nodes { externalId name cost { minor currency } startsOn endsOn } }
      interactions { nodes { externalId customer { externalId } employee { externalId } kind happenedOn content result } }
    }`);
    const [owner, campaign] = [{ externalId: 'E2' }, { externalId: 'M1' }];
    expect(leads.nodes).toEqual([
      {
        externalId: 'L1',
        name: '王芳',
        company: '华东机电',
        source: 'website',
        campaign,
        owner,
        region: '华东',
        capturedOn: '2026-01-10',
      },
    ]);
    expect(campaigns.nodes).toEqual([
      {
        externalId: 'M1',
        name: '春季展会',
        cost: { minor: 120_000, currency: 'JPY' }, // the yen has no smaller unit
        startsOn: '2026-03-01',
        endsOn: '2026-03-05',
      },
    ]);
    expect(interactions.nodes).toEqual([
      {
        externalId: 'I1',
        customer: { externalId: 'C1' },
        employee: owner,
        kind: 'VISIT',
        happenedOn: '2026-03-04',
        content: '看了样机,\n很满意',
        result: '下周报价',
      },
    ]);
  });

  it('puts opportunities into the only pipeline of the folder, and through the stages that are told', async () => {
    const { opportunities, pipelines } = await crm.query<{
      opportunities: { nodes: { externalId: string }[] };
      pipelines: { nodes: unknown[] };
    }>(`{
      opportunities(filter: { externalIds: ["O1", "O2", "O3"] }) { nodes {
        externalId name source campaign { externalId } customer { externalId } owner { externalId } pipeline { name }
        amount { minor currency } openedOn expectedCloseOn status lossReason closedOn
        entries { stage { code } enteredOn }
      } }
      pipelines(filter: { search: "Machines" }) { nodes { externalId name stages { stage name probability } } }
    }`);
    expect(pipelines.nodes).toEqual([
      {
        externalId: 'Machines',
        name: 'Machines',
        stages: [
          { stage: 'Needs', name: '需求', probability: 20 },
          { stage: 'Trial', name: '试用', probability: 50.5 },
          { stage: 'Offer', name: 'Offer', probability: null },
        ],
      },
    ]);
    const [o1, o2, o3] = ['O1', 'O2', 'O3'].map(id => opportunities.nodes.find(node => node.externalId === id));
    expect(o1).toEqual({
      externalId: 'O1',
      name: '一号线',
      source: 'exhibition',
      campaign: { externalId: 'M1' },
      customer: { externalId: 'C1' },
      owner: { externalId: 'E2' },
      pipeline: { name: 'Machines' },
      amount: { minor: 900_000, currency: 'USD' },
      openedOn: '2026-01-15',
      expectedCloseOn: '2026-06-30',
      status: 'LOST',
      lossReason: '太贵',
      closedOn: '2026-02-20',
      entries: [
        { stage: { code: 'Trial' }, enteredOn: '2026-02-01' },
        { stage: { code: 'lost' }, enteredOn: '2026-02-20' },
      ],
    });
    expect(o2).toMatchObject({
      status: 'WON',
      closedOn: '2026-03-01',
      entries: [{ stage: { code: 'Needs' }, enteredOn: '2026-01-16' }, { stage: { code: 'won' } }],
    });
    expect(o3).toMatchObject({ status: 'OPEN', customer: null, pipeline: { name: 'Machines' }, entries: [] });
  });

  it('signs contracts with their instalments, and books payments with and without one', async () => {
    const { contracts, payments } = await crm.query<Record<'contracts' | 'payments', { nodes: unknown[] }>>(`{
      contracts { nodes { externalId number customer { externalId } opportunity { externalId } owner { externalId }
        amount { minor currency } signedOn status received { minor } instalments { dueOn amount { minor } } } }
      payments(sort: { by: PAID_ON, direction: ASC }) { nodes { externalId contract { externalId } owner { externalId }
        campaign { externalId } customer { externalId } amount { minor currency } paidOn } }
    }`);
    const [customer, owner] = [{ externalId: 'C1' }, { externalId: 'E2' }];
    expect(contracts.nodes).toEqual([
      {
        externalId: 'K1',
        number: 'HT-2026-001',
        customer,
        opportunity: { externalId: 'O2' },
        owner,
        amount: { minor: 250_050, currency: 'EUR' },
        signedOn: '2026-03-01',
        status: 'SIGNED',
        received: { minor: 100_050 },
        instalments: [
          { dueOn: '2026-03-31', amount: { minor: 100_050 } },
          { dueOn: '2026-04-30', amount: { minor: 150_000 } },
        ],
      },
    ]);
    expect(payments.nodes).toEqual([
      {
        externalId: 'P1',
        contract: { externalId: 'K1' },
        owner,
        campaign: { externalId: 'M1' },
        customer,
        amount: { minor: 100_050, currency: 'EUR' },
        paidOn: '2026-03-05',
      },
      {
        externalId: 'P2',
        contract: null,
        owner, // the customer's
        campaign: null,
        customer,
        amount: { minor: 1_230, currency: 'CNY' },
        paidOn: '2026-03-06',
      },
    ]);
  });

  it('changes nothing the second time', async () => {
    const again = await crm.import(company);
    expect(again.outcomes.filter(outcome => !outcome.endsWith(' unchanged'))).toEqual([]);
    expect(again.events.map(({ type, stream }) => `${type} ${stream}`)).toEqual([]);
  });

  it('changes nothing the second time, although the records have changed since', async () => {
    const { employees, customers, opportunities, contracts } = await crm.query<
      Record<'employees' | 'customers' | 'opportunities' | 'contracts', { nodes: { id: string }[] }>
    >(`{ employees(filter: { externalIds: "E1" }) { nodes { id } } customers { nodes { id } }
        opportunities(filter: { externalIds: "O2" }) { nodes { id } } contracts { nodes { id } } }`);
    const [li, customer, opportunity, contract] = [employees, customers, opportunities, contracts].map(
      ({ nodes }) => nodes[0]!.id,
    );
    await crm.query(
      `mutation ($li: ID!, $customer: ID!, $opportunity: ID!, $contract: ID!) {
        moveEmployee(input: { employeeId: $li, region: "华北" }) { id }
        handOverCustomer(input: { customerId: $customer, ownerId: $li }) { id }
        changeCustomerProfile(input: { customerId: $customer, name: "华东机电集团", taxNumber: "1" }) { id }
        handOverOpportunity(input: { opportunityId: $opportunity, ownerId: $li }) { id }
        reopenOpportunity(input: { opportunityId: $opportunity, stage: "Trial" }) { id }
        terminateContract(input: { contractId: $contract, reason: "停产" }) { id }
        dismissEmployee(input: { employeeId: $li }) { id }
      }`,
      { li, customer, opportunity, contract },
    );
    const again = await crm.import(company);
    expect(again.outcomes.filter(outcome => !outcome.endsWith(' unchanged'))).toEqual([]);
    expect(again.events.map(({ type, stream }) => `${type} ${stream}`)).toEqual([]);
  });
});
