import { afterEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { CrmEvents } from '#crm/events.js';
import { addDays, daysBetween } from '#event-sourcing/business-time.js';
import type { Day, NewEvent } from '#event-sourcing/event.js';
import { directory } from '#read-models/directory/directory.projection.js';
import { cells } from '#read-models/rfm/rfm.cells.js';
import { RfmBasis, RfmMethod } from '#read-models/rfm/rfm.methods.js';
import { rfm } from '#read-models/rfm/rfm.projection.js';
import { RfmResolver } from '#read-models/rfm/rfm.resolver.js';
import { segments } from '#read-models/rfm/rfm.segments.js';
import { asSystem } from '#test/support/viewing.js';
import { happened } from '../support/history.js';
import { type ProjectedHistory, projectedHistory } from './projected-history.js';

const histories: ProjectedHistory[] = [];
async function history(): Promise<ProjectedHistory> {
  const opened = await projectedHistory(rfm, directory);
  histories.push(opened);
  return opened;
}
afterEach(() => Promise.all(histories.splice(0).map(opened => opened.close())));

const cny = (minor: number) => ({ minor, currency: 'CNY' });
const paid = (paymentId: string, customerId: string, paidOn: Day, amount = cny(100), recordedOn = paidOn) =>
  happened(paidOn, 'PaymentReceived', { paymentId, customerId, amount, paidOn }, recordedOn);
const reversed = ({ data }: NewEvent<string, CrmEvents['PaymentReceived']>, reversedOn: Day) =>
  happened(reversedOn, 'PaymentReversed', { ...data, reason: 'bounced', reversedOn });
const signed = (contractId: string, customerId: string, signedOn: Day, amount = cny(100)) =>
  happened(signedOn, 'ContractSigned', { contractId, customerId, amount, instalments: [], signedOn });
const registered = (customerId: string, name: string, externalId?: string) =>
  happened('2026-01-01', 'CustomerRegistered', {
    customerId,
    name,
    type: 'company',
    registeredOn: '2026-01-01',
    externalId,
  });

async function ask(resolver: RfmResolver, args: Parameters<RfmResolver['rfm']>[0], list = { first: 500 }) {
  const answer = await resolver.rfm(args, asSystem);
  const { nodes, totalCount } = await resolver.customers(answer, list, asSystem);
  return { ...answer, nodes, totalCount: await totalCount() };
}

describe('rfm', () => {
  it('scores customers by their receipts, and names them', async () => {
    const { reading, happen } = await history();
    await happen(
      registered('c1', '上海机电', 'K-1'),
      paid('p1', 'c1', '2026-03-01', cny(5_000)),
      paid('p2', 'c1', '2026-03-20', cny(7_000)),
      paid('p3', 'c2', '2026-01-10', cny(300)),
      paid('p4', 'c2', '2026-04-01', cny(99)),
    );
    const { nodes, currency, totalCount, means } = await ask(new RfmResolver(reading), { asOf: '2026-03-31' });
    expect(totalCount).toBe(2);
    expect(currency).toBe('CNY');
    expect(means).toEqual({ recencyDays: 45.5, frequency: 1.5, monetary: 6_150 });
    expect(nodes).toEqual([
      {
        customerId: 'c1',
        externalId: 'K-1',
        name: '上海机电',
        recencyDays: 11,
        frequency: 2,
        monetary: cny(12_000),
        r: 5,
        f: 5,
        m: 5,
        cell: '111',
        segment: 'Champions',
      },
      {
        customerId: 'c2',
        externalId: null,
        name: null,
        recencyDays: 80,
        frequency: 1,
        monetary: cny(300),
        r: 1,
        f: 1,
        m: 1,
        cell: '000',
        segment: 'Lost',
      },
    ]);
  });

  it('counts a reversed payment never, but shows it to who asks what was known before', async () => {
    const { reading, happen } = await history();
    const later = paid('p2', 'c1', '2026-03-20');
    await happen(paid('p1', 'c1', '2026-03-01'), later, reversed(later, '2026-04-02'));
    const resolver = new RfmResolver(reading);
    const frequency = async (knownOn?: Day) =>
      (await ask(resolver, { asOf: '2026-03-31', knownOn })).nodes.map(node => [node.frequency, node.recencyDays]);
    expect(await frequency()).toEqual([[1, 30]]);
    expect(await frequency('2026-04-02')).toEqual([[1, 30]]);
    expect(await frequency('2026-04-01')).toEqual([[2, 11]]);
    expect(await frequency('2026-03-19')).toEqual([[1, 30]]);
    expect(await frequency('2026-02-28')).toEqual([]);
  });

  it('counts a payment that was entered late only from then on as known', async () => {
    const { reading, happen } = await history();
    await happen(paid('p1', 'c1', '2026-03-01', cny(100), '2026-05-05'));
    const resolver = new RfmResolver(reading);
    const customers = async (knownOn: Day) => (await ask(resolver, { asOf: '2026-03-31', knownOn })).totalCount;
    expect(await customers('2026-05-04')).toBe(0);
    expect(await customers('2026-05-05')).toBe(1);
  });

  it('counts signed contracts, without drafts and terminated ones', async () => {
    const { reading, happen } = await history();
    const termination = { contractId: 'k2', customerId: 'c2', reason: 'insolvent', terminatedOn: '2026-03-05' };
    await happen(
      signed('k1', 'c1', '2026-03-01', cny(900)),
      signed('k2', 'c2', '2026-03-02'),
      happened('2026-03-05', 'ContractTerminated', termination),
      happened('2026-03-06', 'ContractDrafted', {
        contractId: 'k3',
        customerId: 'c3',
        amount: cny(1),
        instalments: [],
      }),
      happened('2026-03-07', 'ContractTerminated', { ...termination, contractId: 'k3', customerId: 'c3' }),
      paid('p1', 'c4', '2026-03-01'),
    );
    const resolver = new RfmResolver(reading);
    const customers = async (asOf: Day, knownOn?: Day) =>
      (await ask(resolver, { asOf, basis: RfmBasis.CONTRACTS, knownOn })).nodes.map(node => node.customerId);
    expect(await customers('2026-12-31')).toEqual(['c1']);
    expect(await customers('2026-12-31', '2026-03-04')).toEqual(['c1', 'c2']);
  });

  it('never mixes currencies: it asks which one is meant, unless only one occurs', async () => {
    const { reading, happen } = await history();
    await happen(
      paid('p1', 'c1', '2026-03-01'),
      paid('p2', 'c1', '2026-03-02', { minor: 70, currency: 'USD' }),
      paid('p3', 'c2', '2026-03-03', { minor: 80, currency: 'USD' }),
    );
    const resolver = new RfmResolver(reading);
    await expect(resolver.rfm({ asOf: '2026-03-31' }, asSystem)).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      details: { field: 'currency', allowed: ['CNY', 'USD'] },
    });
    const amounts = async (asOf: Day, currency?: string) =>
      (await ask(resolver, { asOf, currency })).nodes.map(node => [node.customerId, node.monetary]);
    expect(await amounts('2026-03-31', 'USD')).toEqual([
      ['c2', { minor: 80, currency: 'USD' }],
      ['c1', { minor: 70, currency: 'USD' }],
    ]);
    expect(await amounts('2026-03-01')).toEqual([['c1', cny(100)]]);
    expect(await amounts('2026-03-31', 'EUR')).toEqual([]);
    await expect(resolver.rfm({ asOf: '2026-03-31', currency: 'yuan' }, asSystem)).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
    });
  });

  it('keeps an answer until the log moves on, and not longer', async () => {
    const { reading, happen } = await history();
    const resolver = new RfmResolver(reading);
    const count = async () => (await ask(resolver, { asOf: '2026-03-31' })).totalCount;
    await happen(paid('p1', 'c1', '2026-03-01'));
    expect([await count(), await count()]).toEqual([1, 1]);
    const atLeast = await happen(paid('p2', 'c2', '2026-03-02'));
    expect((await ask(resolver, { asOf: '2026-03-31', atLeast })).totalCount).toBe(2);
  });

  it('equals a recount of the events, for any day, as known on any day', async () => {
    const { reading, happen } = await history();
    const resolver = new RfmResolver(reading);
    const questions = fc.array(question, { minLength: 8, maxLength: 8 });
    let run = 0;
    await fc.assert(
      fc.asyncProperty(randomHistory, questions, async (happenings, questions) => {
        // Currencies are never mixed, so a history in currencies of its own has a report to itself.
        const own = (currency: string) => `${currency}${String.fromCharCode(65 + run)}`;
        const events = eventsOf(happenings, own);
        await happen(...events);
        for (const { currency, ...asked } of questions) {
          const question = { ...asked, currency: own(currency) };
          const { nodes, segments: groups, cells: eight } = await ask(resolver, question);
          const expected = recount(events, question);
          expect(nodes.map(scoresOfNode).sort()).toEqual(expected.map(line => line.join(' ')).sort());
          const customers = (place: number, value: string) => expected.filter(line => line[place] === value).length;
          for (const group of groups) expect(group.customers).toBe(customers(7, group.segment));
          for (const group of eight) expect(group.customers).toBe(customers(8, group.cell));
        }
        run++;
      }),
      { numRuns: 15, endOnFailure: true },
    );
  });
});

const FIRST = '2026-01-01';
interface Happening {
  readonly id: number;
  readonly customer: number;
  readonly minor: number;
  readonly currency: string;
  readonly day: number;
  readonly late: number;
  readonly reversedAfter: number | null;
}
const randomHistory: fc.Arbitrary<Happening[]> = fc
  .array(
    fc.record({
      customer: fc.nat(12),
      minor: fc.integer({ min: 1, max: 30 }).map(units => units * 100),
      currency: fc.constantFrom('XA', 'XA', 'XB'),
      day: fc.nat(90),
      late: fc.constantFrom(0, 0, 3, 30),
      reversedAfter: fc.constantFrom(null, null, null, 0, 2, 40),
    }),
    { minLength: 10, maxLength: 80 },
  )
  .map(list => list.map((entry, id) => ({ ...entry, id })));

const dayIn = fc.nat(140).map(day => addDays(FIRST, day));
const question = fc.record({
  asOf: dayIn,
  knownOn: fc.option(dayIn, { nil: undefined }),
  currency: fc.constantFrom('XA', 'XB'),
  method: fc.constantFrom(RfmMethod.QUINTILE, RfmMethod.QUARTILE),
});

/** In the order in which they were recorded, as a log has them. */
function eventsOf(
  happenings: readonly Happening[],
  own: (currency: string) => string,
): NewEvent<string, CrmEvents['PaymentReceived']>[] {
  const events = happenings.flatMap(({ id, customer, minor, currency, day, late, reversedAfter }) => {
    const paidOn = addDays(FIRST, day);
    const recordedOn = addDays(paidOn, late);
    const payment = paid(`${own('p')}${id}`, `c${customer}`, paidOn, { minor, currency: own(currency) }, recordedOn);
    return reversedAfter === null ? [payment] : [payment, reversed(payment, addDays(recordedOn, reversedAfter))];
  });
  return events.sort((a, b) => (a.recordedAt < b.recordedAt ? -1 : a.recordedAt > b.recordedAt ? 1 : 0));
}

type Node = Awaited<ReturnType<typeof ask>>['nodes'][number];
const scoresOfNode = ({ customerId, recencyDays, frequency, monetary, r, f, m, segment, cell }: Node) =>
  [customerId, recencyDays, frequency, monetary.minor, r, f, m, segment, cell].join(' ');

/** Straight from the definition: one pass over the events, scores by counting. */
function recount(
  events: readonly NewEvent<string, CrmEvents['PaymentReceived']>[],
  { asOf, knownOn = '9999-12-31', currency, method }: { asOf: Day; knownOn?: Day; currency: string; method: RfmMethod },
) {
  const known = events.filter(({ recordedAt }) => recordedAt.slice(0, 10) <= knownOn);
  const gone = new Set(known.filter(({ type }) => type === 'PaymentReversed').map(({ data }) => data.paymentId));
  const payments = known
    .filter(({ type, data }) => type === 'PaymentReceived' && !gone.has(data.paymentId))
    .map(({ data }) => data)
    .filter(({ paidOn, amount }) => paidOn <= asOf && amount.currency === currency);
  const customers = [...new Set(payments.map(({ customerId }) => customerId))].map(id => {
    const own = payments.filter(({ customerId }) => customerId === id);
    const last = own
      .map(({ paidOn }) => paidOn)
      .sort()
      .at(-1)!;
    const minor = own.reduce((sum, { amount }) => sum + amount.minor, 0);
    return { id, days: daysBetween(last, asOf), count: own.length, minor };
  });
  const classes = method === RfmMethod.QUINTILE ? 5 : 4;
  const score = (value: number, all: number[]) => {
    const sorted = all.toSorted((a, b) => a - b);
    const cuts = Array.from({ length: classes - 1 }, (_, index) => {
      const place = ((sorted.length - 1) * (index + 1)) / classes;
      const [low, high] = [sorted[Math.floor(place)]!, sorted[Math.ceil(place)]!];
      return low + (high - low) * (place - Math.floor(place));
    });
    return 1 + cuts.filter(cut => value > cut).length;
  };
  const mean = (all: number[]) => all.reduce((sum, value) => sum + value, 0) / all.length;
  const [days, counts, minors] = [customers.map(c => c.days), customers.map(c => c.count), customers.map(c => c.minor)];
  return customers.map(customer => {
    const r = classes + 1 - score(customer.days, days);
    const f = score(customer.count, counts);
    const m = score(customer.minor, minors);
    const within = (value: number, [low, high]: readonly [number, number]) => value >= low && value <= high;
    const segment = segments.find(entry => within(r, entry.r) && within(f, entry.f) && within(m, entry.m))!.segment;
    const high = [customer.days < mean(days), customer.count > mean(counts), customer.minor > mean(minors)];
    const cell = high.map(Number).join('');
    expect(cells.map(entry => entry.cell)).toContain(cell);
    return [customer.id, customer.days, customer.count, customer.minor, r, f, m, segment, cell];
  });
}
