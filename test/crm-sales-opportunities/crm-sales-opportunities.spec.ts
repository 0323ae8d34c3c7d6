import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ImportFolder } from '#apps/cli/src/import/folder.js';
import { importFolder } from '#apps/cli/src/import/import-folder.js';
import { readMapping } from '#apps/cli/src/import/mapping.js';
import { Results } from '#apps/cli/src/import/results.js';
import { type RunningApi, startApi } from '#test/support/api.js';
import { type Deal, groupBy, readDeals, recountClosings, recountFunnel, recountRfm } from './recount.js';

/** Real data that the repository does not hold; without it these tests are skipped, visibly. */
const folder = resolve('../shared/data/crm-sales-opportunities');
const EVERYTHING = { from: '2016-01-01', to: '2017-12-31' };

interface Stages {
  stages: {
    stage: string;
    reached: number;
    lostHere: number;
    openHere: number;
    amount: { minor: number; currency: string };
  }[];
  winRate: number;
  won: number;
  lost: number;
}

(existsSync(folder) ? describe : describe.skip)('the import of a real export (slow)', () => {
  let api: RunningApi;
  let deals: Deal[];
  let position: string;
  const scratch = mkdtempSync(join(tmpdir(), 'chronicle-import-'));

  async function runImport(): Promise<Results> {
    const mapping = readMapping('examples/crm-sales-opportunities/mapping.json');
    const results = new Results(join(scratch, 'results.csv'));
    const source = new ImportFolder(folder, mapping);
    await source.inspect();
    await importFolder({
      ...api.system,
      folder: source,
      timeZone: 'Asia/Shanghai',
      sender: { actor: { id: 'import', role: 'administrator' } },
      results,
      onRow: () => {},
    });
    await results.close();
    position = String(await api.system.store.head());
    return results;
  }

  beforeAll(async () => {
    deals = readDeals(folder);
    api = await startApi();
    await runImport();
  }, 120_000);

  afterAll(async () => {
    await api.close();
    rmSync(scratch, { recursive: true });
  });

  const stagesQuery = 'stages { stage reached lostHere openHere amount { minor currency } } winRate won lost';

  function expectFunnel(actual: Stages, expected: ReturnType<typeof recountFunnel>): void {
    const { reached, lostHere, openHere, won, wonMinor, winRate } = expected;
    const stage = (name: string) => actual.stages.find(({ stage }) => stage === name)!;
    // Nothing tells when a deal was prospected, so whoever was engaged is taken to have been in the stage before.
    expect(stage('Prospecting')).toMatchObject({ reached, lostHere: 0, openHere: 0 });
    expect(stage('Engaging')).toMatchObject({ reached, lostHere, openHere });
    expect(stage('won')).toMatchObject({ reached: won, amount: { minor: wonMinor, currency: 'USD' } });
    expect(stage('paid')).toMatchObject({ reached: 0 });
    expect(actual).toMatchObject({ won, lost: lostHere, winRate });
  }

  it('accounts for every row, and rejects none of them', () => {
    const lines = readFileSync(join(scratch, 'results.csv'), 'utf8').trim().split('\n').slice(1);
    const outcomes = groupBy(
      lines.map(line => line.split(',')),
      cells => `${cells[2]} ${cells[4]}`,
    );
    expect(new Map([...outcomes].map(([key, rows]) => [key, rows.length]))).toEqual(
      new Map([
        ['contracts created', 4238],
        ['customers created', 85],
        ['employees created', 35 + 6],
        ['opportunities created', 8800],
        ['pipelines created', 2],
        ['stageChanges created', 8300 + 4238 + 2473],
        ['teams created', 6],
      ]),
    );
  });

  it('has the funnel that the file has', async () => {
    const { funnel } = await api.query<{ funnel: Stages }>(
      `query ($cohort: DateRange!, $atLeast: Position) { funnel(cohort: $cohort, atLeast: $atLeast) { ${stagesQuery} } }`,
      { cohort: EVERYTHING, atLeast: position },
    );
    expectFunnel(funnel, recountFunnel(deals));
  });

  it.each([
    ['REGION', (deal: Deal) => deal.region],
    ['OWNER', (deal: Deal) => deal.agent],
    ['COHORT_MONTH', (deal: Deal) => deal.engagedOn.slice(0, 7)],
  ])('has the funnel by %s that the file has', async (dimension, keyOf) => {
    const { funnel } = await api.query<{ funnel: { groups: (Stages & { key: string })[] } }>(
      `query ($cohort: DateRange!, $atLeast: Position) {
        funnel(cohort: $cohort, groupBy: [${dimension}], atLeast: $atLeast) { groups { key ${stagesQuery} } }
      }`,
      { cohort: EVERYTHING, atLeast: position },
    );
    const expected = groupBy(
      deals.filter(deal => deal.engagedOn),
      keyOf,
    );
    expect(funnel.groups.map(({ key }) => key).sort()).toEqual([...expected.keys()].sort());
    for (const group of funnel.groups) expectFunnel(group, recountFunnel(expected.get(group.key)!));
  });

  it('has the win rate, the sales cycle and the won amount per quarter of closing that the file has', async () => {
    const { closings } = await api.query<{
      closings: {
        period: string;
        won: number;
        lost: number;
        winRate: number;
        amount: { minor: number; currency: string };
        salesCycle: { meanDays: number; medianDays: number };
      }[];
    }>(
      `query ($closed: DateRange!, $atLeast: Position) {
        closings(closed: $closed, per: QUARTER, atLeast: $atLeast) {
          period won lost winRate amount { minor currency } salesCycle { meanDays medianDays }
        }
      }`,
      { closed: EVERYTHING, atLeast: position },
    );
    const quarterOf = (day: string) => `${day.slice(0, 4)}-Q${Math.ceil(Number(day.slice(5, 7)) / 3)}`;
    const expected = groupBy(
      deals.filter(deal => deal.closedOn),
      deal => quarterOf(deal.closedOn),
    );
    expect(closings.map(({ period }) => period)).toEqual([...expected.keys()]);
    for (const { period, won, lost, winRate, amount, salesCycle } of closings) {
      const { meanDays, medianDays, minor, ...counts } = recountClosings(expected.get(period)!);
      expect({ won, lost, winRate, amount }).toEqual({ ...counts, amount: { minor, currency: 'USD' } });
      expect(salesCycle.meanDays).toBeCloseTo(meanDays, 9);
      expect(salesCycle.medianDays).toBe(medianDays);
    }
  });

  it('has the RFM on contracts that the file has', async () => {
    const { rfm } = await api.query<{
      rfm: { customers: { edges: { node: Record<string, unknown> }[]; totalCount: number } };
    }>(
      `query ($atLeast: Position) {
        rfm(asOf: "2017-12-31", basis: CONTRACTS, atLeast: $atLeast) {
          customers(first: 500) { totalCount edges { node { externalId recencyDays frequency monetary { minor currency } r f m } } }
        }
      }`,
      { atLeast: position },
    );
    const expected = recountRfm(deals, '2017-12-31').map(({ account, minor, ...scores }) => ({
      externalId: account,
      ...scores,
      monetary: { minor, currency: 'USD' },
    }));
    const byAccount = (a: { externalId?: unknown }, b: { externalId?: unknown }) =>
      String(a.externalId) < String(b.externalId) ? -1 : 1;
    expect(rfm.customers.edges.map(({ node }) => node).sort(byAccount)).toEqual(expected.sort(byAccount));
  });

  it('has the daily report that the file has', async () => {
    const { salesDaily } = await api.query<{
      salesDaily: {
        rows: {
          day: string;
          employee: { name: string } | null;
          contractsSigned: { count: number; amount: { minor: number } };
          newOpportunities: number;
        }[];
      };
    }>(
      `query ($atLeast: Position) {
        salesDaily(from: "2017-06-01", to: "2017-06-30", atLeast: $atLeast) {
          rows { day employee { name } contractsSigned { count amount { minor } } newOpportunities }
        }
      }`,
      { atLeast: position },
    );
    const inJune = (day: string) => day.startsWith('2017-06');
    const signed = groupBy(
      deals.filter(deal => deal.stage === 'Won' && inJune(deal.closedOn)),
      deal => `${deal.closedOn} ${deal.agent}`,
    );
    const opened = groupBy(
      deals.filter(deal => inJune(deal.engagedOn)),
      deal => `${deal.engagedOn} ${deal.agent}`,
    );
    const agents = new Set(readDeals(folder).map(deal => deal.agent));
    const rows = salesDaily.rows.filter(({ employee }) => employee && agents.has(employee.name));
    expect(rows).toHaveLength(30 * agents.size);
    for (const { day, employee, contractsSigned, newOpportunities } of rows) {
      const key = `${day} ${employee!.name}`;
      const contracts = signed.get(key) ?? [];
      expect([key, contractsSigned.count, contractsSigned.amount.minor, newOpportunities]).toEqual([
        key,
        contracts.length,
        contracts.reduce((sum, deal) => sum + deal.dollars, 0) * 100,
        opened.get(key)?.length ?? 0,
      ]);
    }
  });

  it('changes nothing when it is imported again', async () => {
    const before = position;
    const results = await runImport();
    expect([...results.counts.values()].map(({ created, rejected }) => created + rejected)).toEqual(
      [...results.counts.keys()].map(() => 0),
    );
    expect(position).toBe(before);
  }, 120_000);
});
