import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { CrmEvents } from '#crm/events.js';
import { addDays } from '#event-sourcing/business-time.js';
import type { Day } from '#event-sourcing/event.js';
import { organisation } from '#read-models/organisation/organisation.projection.js';
import type { SalesDailyArgs } from '#read-models/sales-daily/sales-daily.args.js';
import { salesDaily } from '#read-models/sales-daily/sales-daily.projection.js';
import type { NamedFigures } from '#read-models/sales-daily/sales-daily.report.js';
import { SalesDailyResolver } from '#read-models/sales-daily/sales-daily.resolver.js';
import { asSystem } from '#test/support/viewing.js';
import { happened } from '../support/history.js';
import { type ProjectedHistory, projectedHistory } from './projected-history.js';
import { recountDay } from './sales-daily-recount.js';
import { companies, type Happened } from './sales-days.js';

let history: ProjectedHistory;
let resolver: SalesDailyResolver;
beforeAll(async () => {
  history = await projectedHistory(salesDaily, organisation);
  resolver = new SalesDailyResolver(history.reading);
});
afterAll(() => history.close());

const cny = (minor: number) => ({ minor, currency: 'CNY' });
const day = '2026-03-10';
const hired = (employeeId: string, name: string, more: Partial<CrmEvents['EmployeeHired']> = {}) =>
  happened('2026-03-01', 'EmployeeHired', { employeeId, name, ...more });
const payment = (paymentId: string, ownerId: string | undefined, amount = cny(100), paidOn: Day = day) =>
  happened(paidOn, 'PaymentReceived', { paymentId, customerId: 'c', ownerId, amount, paidOn });
const customer = (customerId: string, ownerId: string | undefined, name: string, registeredOn: Day = day) =>
  happened(registeredOn, 'CustomerRegistered', { customerId, name, type: 'company', ownerId, registeredOn });

/** A report with everything that GraphQL could ask of it. */
async function read(args: SalesDailyArgs, from = resolver) {
  const { rows, days, teams, totals } = await from.salesDaily(args, asSystem);
  const complete = async <Part extends NamedFigures>(part: Part) => ({
    ...part,
    newCustomers: { count: part.newCustomers.count, names: await part.newCustomers.names() },
  });
  return {
    rows: await Promise.all(rows().map(complete)),
    days: await Promise.all(days().map(complete)),
    teams: await Promise.all(teams().map(complete)),
    totals: await complete(totals()),
  };
}

describe('the sales daily report', () => {
  // Each test is about employees and months of its own, in one company.
  const only = (...employees: string[]) => ({ from: day, to: day, employees });

  it('shows what a salesperson did on a day', async () => {
    const of = { customerId: 'a-c1', employeeId: 'a' };
    const task = { taskId: 'a-t1', assigneeId: 'a' };
    await history.happen(
      hired('a', '安娜'),
      payment('a-p1', 'a', cny(12_000)),
      payment('a-p2', 'a', cny(3_000)),
      happened(day, 'ContractSigned', {
        contractId: 'a-k1',
        customerId: 'a-c1',
        ownerId: 'a',
        amount: cny(90_000),
        instalments: [],
        signedOn: day,
      }),
      customer('a-c1', 'a', '上海机电'),
      happened(day, 'InteractionLogged', { interactionId: 'a-i1', ...of, kind: 'VISIT', happenedOn: day }),
      happened(day, 'InteractionLogged', { interactionId: 'a-i2', ...of, kind: 'VISIT', happenedOn: day }),
      happened(day, 'InteractionLogged', { interactionId: 'a-i3', ...of, kind: 'CALL', happenedOn: day }),
      happened(day, 'TaskAccepted', { ...task, acceptedOn: day }),
      happened(day, 'TaskCompleted', { ...task, completedOn: day, onTime: true }),
      happened(day, 'LeadCaptured', { leadId: 'a-l1', name: 'a lead', ownerId: 'a' }),
      happened(day, 'OpportunityOpened', {
        opportunityId: 'a-o1',
        ownerId: 'a',
        pipelineId: 'default',
        pipelineVersion: 1,
        stages: [],
        openedOn: day,
      }),
    );
    const { rows } = await read(only('a'));
    expect(rows).toEqual([
      {
        day,
        employee: { id: 'a', name: '安娜' },
        receipts: { count: 2, amount: cny(15_000), amounts: [cny(15_000)] },
        contractsSigned: { count: 1, amount: cny(90_000), amounts: [cny(90_000)] },
        newCustomers: { count: 1, names: ['上海机电'] },
        interactions: [
          { kind: 'CALL', count: 1 },
          { kind: 'VISIT', count: 2 },
        ],
        tasksTaken: 1,
        tasksCompleted: 1,
        newLeads: 1,
        newOpportunities: 1,
      },
    ]);
  });

  it('has rows of zeros for days without activity, as long as somebody is with the company', async () => {
    await history.happen(
      hired('b', 'Bo', { hiredOn: '2026-03-09' }),
      happened('2026-03-11', 'EmployeeDismissed', { employeeId: 'b', dismissedOn: '2026-03-11' }),
    );
    const rowsOf = async (knownOn?: Day) => {
      const { rows } = await read({ from: '2026-03-08', to: '2026-03-12', employees: ['b'], knownOn });
      return rows.map(row => `${row.day} ${row.receipts.count} ${row.receipts.amount?.minor}`);
    };
    expect(await rowsOf()).toEqual(['2026-03-09 0 0', '2026-03-10 0 0', '2026-03-11 0 0']);
    expect(await rowsOf('2026-03-11')).toHaveLength(3);
    expect(await rowsOf('2026-03-10')).toHaveLength(4);
    expect(await rowsOf('2026-03-01')).toHaveLength(4);
    expect(await rowsOf('2026-02-28')).toEqual([]);
  });

  it('takes a reversed payment back from the day of payment, but not from what was known before', async () => {
    const received = payment('c-p1', 'c');
    await history.happen(
      hired('c', 'Chen'),
      received,
      happened('2026-04-05', 'PaymentReversed', { ...received.data, reason: 'bounced', reversedOn: '2026-04-05' }),
    );
    const receipts = async (knownOn?: Day) => (await read({ ...only('c'), knownOn })).rows[0]!.receipts.count;
    expect(await receipts()).toBe(0);
    expect(await receipts('2026-04-05')).toBe(0);
    expect(await receipts('2026-04-04')).toBe(1);
    expect((await read({ ...only('c'), from: '2026-04-05', to: '2026-04-05' })).rows[0]!.receipts.count).toBe(0);
  });

  it('keeps a terminated contract on the day on which it was signed, and forgets a retracted visit', async () => {
    const visit = { interactionId: 'd-i1', customerId: 'c', employeeId: 'd', kind: 'VISIT', happenedOn: day };
    const signed = {
      contractId: 'd-k1',
      customerId: 'c',
      ownerId: 'd',
      amount: cny(5),
      instalments: [],
      signedOn: day,
    };
    await history.happen(
      hired('d', 'Da'),
      happened(day, 'ContractSigned', signed),
      happened(day, 'ContractTerminated', { contractId: 'd-k1', customerId: 'c', reason: 'x', terminatedOn: day }),
      happened(day, 'InteractionLogged', visit),
      happened(day, 'InteractionRetracted', { ...visit, reason: 'another customer' }),
    );
    const [row] = (await read(only('d'))).rows;
    expect(row).toMatchObject({ contractsSigned: { count: 1, amount: cny(5) }, interactions: [] });
  });

  it('has no single amount of two currencies, but one for each', async () => {
    await history.happen(
      hired('e', 'Eva'),
      payment('e-p1', 'e', { minor: 7, currency: 'USD' }),
      payment('e-p2', 'e', cny(100)),
    );
    const { totals } = await read(only('e'));
    expect(totals.receipts).toEqual({ count: 2, amount: null, amounts: [cny(100), { minor: 7, currency: 'USD' }] });
  });

  it('leaves credit with the owner at the beginning, and names customers as they were known', async () => {
    await history.happen(
      hired('f', 'Fan'),
      hired('g', 'Gao'),
      customer('f-c1', 'f', 'Old Name'),
      happened('2026-03-12', 'CustomerHandedOver', { customerId: 'f-c1', ownerId: 'g' }),
      happened('2026-03-15', 'CustomerProfileChanged', { customerId: 'f-c1', name: 'New Name' }),
      happened(day, 'LeadCaptured', { leadId: 'f-l1', name: 'a lead' }),
      happened('2026-03-12', 'LeadAssigned', { leadId: 'f-l1', ownerId: 'f' }),
    );
    const names = async (knownOn?: Day) => (await read({ ...only('f'), knownOn })).rows[0]!.newCustomers.names;
    expect(await names()).toEqual(['New Name']);
    expect(await names('2026-03-15')).toEqual(['New Name']);
    expect(await names('2026-03-14')).toEqual(['Old Name']);
    expect(await names('2026-03-10')).toEqual(['Old Name']);
    expect(await names('2026-03-09')).toEqual([]);
    const { totals } = await read(only('f', 'g'));
    expect([totals.newCustomers.count, totals.newLeads]).toEqual([1, 0]);
  });

  it('shows what belongs to nobody in a row without employee, so that nothing is missing in the sums', async () => {
    const alone = '2024-07-01';
    await history.happen(payment('nobody', undefined, cny(44), alone), customer('no-c', undefined, 'Nobody’s', alone));
    const { rows, totals } = await read({ from: alone, to: alone });
    const row = rows.find(({ employee }) => employee === null)!;
    expect(row.receipts.amount).toEqual(cny(44));
    expect(row.newCustomers.names).toEqual(['Nobody’s']);
    expect(totals.receipts.amount).toEqual(cny(44));
    const before = await read({ from: alone, to: alone, knownOn: '2024-06-30' });
    expect(before.rows.filter(({ employee }) => employee === null)).toEqual([]);
  });

  it('follows the organisation of the day: who moved in the middle of the month counts in both teams', async () => {
    await history.happen(
      happened('2026-03-01', 'TeamFormed', { teamId: 'h-east', name: '华东', region: 'h-East' }),
      happened('2026-03-01', 'TeamFormed', { teamId: 'h-west', name: '华西', region: 'h-West' }),
      hired('h', 'Han', { teamId: 'h-east' }),
      payment('h-p1', 'h', cny(1), '2026-03-14'),
      payment('h-p2', 'h', cny(2), '2026-03-15'),
      happened('2026-03-20', 'EmployeeMoved', { employeeId: 'h', teamId: 'h-west', effectiveOn: '2026-03-15' }),
    );
    const march = { from: '2026-03-01', to: '2026-03-31' };
    const received = async (args: Partial<SalesDailyArgs>) =>
      (await read({ ...march, ...args })).totals.receipts.amount;
    expect(await received({ team: 'h-east' })).toEqual(cny(1));
    expect(await received({ region: 'h-West' })).toEqual(cny(2));
    expect(await received({ team: 'h-east', knownOn: '2026-03-19' })).toEqual(cny(3));
    const { teams } = await read({ ...march, employees: ['h'] });
    expect(teams.map(({ team, receipts }) => [team!.name, receipts.amount!.minor])).toEqual([
      ['华东', 1],
      ['华西', 2],
    ]);
  });

  it('refuses a period that ends before it begins, or is too long', async () => {
    for (const period of [
      { from: '2026-03-02', to: '2026-03-01' },
      { from: '2010-01-01', to: '2026-01-01' },
      { from: '0001-01-01', to: '0001-01-02' },
    ])
      await expect(resolver.salesDaily(period, asSystem)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
  });
});

describe('the sales daily report of random companies', () => {
  it('equals a recount of the events, for any period, team and region, as known on any day; parts add up (slow)', async () => {
    const questions = fc.array(question, { minLength: 20, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(companies, questions, async (events, asked) => {
        const company = await projectedHistory(salesDaily, organisation);
        try {
          await company.happen(...events);
          for (const args of asked) await compare(new SalesDailyResolver(company.reading), events, args);
        } finally {
          await company.close();
        }
      }),
      { numRuns: 5, endOnFailure: true },
    );
  }, 120_000);
});

const someDay = fc.nat(60).map(days => addDays('2026-01-01', days));
const seldom = <T>(value: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 2, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value });
const question = fc
  .record({
    from: someDay,
    length: fc.nat(40),
    employees: seldom(fc.subarray(['e0', 'e1', 'e2', 'stranger'])),
    team: seldom(fc.constantFrom('east', 'west')),
    region: seldom(fc.constantFrom('East', 'West', 'North')),
    knownOn: fc.option(
      fc.nat(100).map(days => addDays('2026-01-01', days)),
      { freq: 3, nil: undefined },
    ),
  })
  .map(({ length, ...args }) => ({ ...args, to: addDays(args.from, length) }));

async function compare(from: SalesDailyResolver, events: readonly Happened[], args: SalesDailyArgs): Promise<void> {
  const { rows, days, teams, totals } = await read(args, from);
  const shown = rows.map(({ employee, ...row }) => ({ ...row, employeeId: employee?.id ?? null }));
  const expected = [];
  for (let on = args.from; on <= args.to; on = addDays(on, 1)) expected.push(...recountDay(events, on, args));
  const key = ({ day, employeeId }: { day: Day; employeeId: string | null }) => `${day} ${employeeId}`;
  const sorted = <Row extends { day: Day; employeeId: string | null }>(list: Row[]) =>
    list.toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
  expect(sorted(shown)).toEqual(sorted(expected));
  for (const parts of [rows, days, teams]) expect(sumOf(parts)).toEqual(sumOf([totals]));
}

function sumOf(parts: readonly Omit<NamedFigures, 'newCustomers'>[]) {
  const sums: Record<string, number> = {};
  const add = (name: string, value: number) => {
    if (value) sums[name] = (sums[name] ?? 0) + value;
  };
  for (const part of parts) {
    for (const figure of ['receipts', 'contractsSigned'] as const) {
      add(figure, part[figure].count);
      for (const { minor, currency } of part[figure].amounts) add(`${figure} ${currency}`, minor);
    }
    for (const { kind, count } of part.interactions) add(kind, count);
    for (const figure of ['tasksTaken', 'tasksCompleted', 'newLeads', 'newOpportunities'] as const)
      add(figure, part[figure]);
  }
  return sums;
}
