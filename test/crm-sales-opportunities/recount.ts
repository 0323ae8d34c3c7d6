import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A line of sales_pipeline.csv. */
export interface Deal {
  readonly id: string;
  readonly agent: string;
  readonly region: string;
  readonly account: string;
  readonly stage: string;
  readonly engagedOn: string;
  readonly closedOn: string;
  readonly dollars: number;
}

const days = (from: string, to: string) => (Date.parse(to) - Date.parse(from)) / 86_400_000;
const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

function table(folder: string, file: string): Record<string, string>[] {
  const [header, ...lines] = readFileSync(join(folder, file), 'utf8').trim().split(/\r?\n/);
  const names = header!.split(',');
  // The export quotes nothing, so a comma always separates.
  return lines.map(line => Object.fromEntries(line.split(',').map((cell, index) => [names[index]!, cell])));
}

/** The deals of the export, read without any code of the product. */
export function readDeals(folder: string): Deal[] {
  const regions = new Map(table(folder, 'sales_teams.csv').map(row => [row.sales_agent!, row.regional_office!]));
  return table(folder, 'sales_pipeline.csv').map(row => ({
    id: row.opportunity_id!,
    agent: row.sales_agent!,
    region: regions.get(row.sales_agent!)!,
    account: row.account!,
    stage: row.deal_stage!,
    engagedOn: row.engage_date!,
    closedOn: row.close_date!,
    dollars: Number(row.close_value || 0),
  }));
}

/** Those that share a key, by that key. */
export function groupBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return new Map([...groups].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The funnel of the deals that were engaged: every deal enters at Engaging, and a lost one is lost there. */
export function recountFunnel(deals: readonly Deal[]) {
  const engaged = deals.filter(deal => deal.engagedOn);
  const won = engaged.filter(deal => deal.stage === 'Won');
  return {
    reached: engaged.length,
    lostHere: engaged.filter(deal => deal.stage === 'Lost').length,
    openHere: engaged.filter(deal => deal.stage === 'Engaging').length,
    won: won.length,
    wonMinor: sum(won.map(deal => deal.dollars)) * 100,
    winRate: won.length / engaged.length,
  };
}

/** What was closed: win rate, won amount, mean and median days from engagement to winning. */
export function recountClosings(deals: readonly Deal[]) {
  const [won, lost] = ['Won', 'Lost'].map(stage => deals.filter(deal => deal.stage === stage)) as [Deal[], Deal[]];
  const cycles = won.map(deal => days(deal.engagedOn, deal.closedOn)).sort((a, b) => a - b);
  const middle = cycles.length / 2;
  return {
    won: won.length,
    lost: lost.length,
    winRate: won.length / (won.length + lost.length),
    minor: sum(won.map(deal => deal.dollars)) * 100,
    meanDays: sum(cycles) / cycles.length,
    medianDays: (cycles[Math.ceil(middle) - 1]! + cycles[Math.floor(middle)]!) / 2,
  };
}

/** R's quantile type 7. */
function quantile(sorted: readonly number[], share: number): number {
  const at = (sorted.length - 1) * share;
  const [low, high] = [sorted[Math.floor(at)]!, sorted[Math.ceil(at)]!];
  return low + (high - low) * (at - Math.floor(at));
}

const fifths = (values: readonly number[]) => {
  const sorted = [...values].sort((a, b) => a - b);
  return [0.2, 0.4, 0.6, 0.8].map(share => quantile(sorted, share));
};

/** RFM on the contracts signed up to a day, by account: quintiles closed above, few days score high. */
export function recountRfm(deals: readonly Deal[], asOf: string) {
  const signed = deals.filter(deal => deal.stage === 'Won' && deal.closedOn <= asOf);
  const accounts = [...groupBy(signed, deal => deal.account)].map(([account, bought]) => ({
    account,
    recencyDays: days(
      bought
        .map(deal => deal.closedOn)
        .sort()
        .at(-1)!,
      asOf,
    ),
    frequency: bought.length,
    minor: sum(bought.map(deal => deal.dollars)) * 100,
  }));
  const score = (value: number, cuts: readonly number[]) => 1 + cuts.filter(cut => value > cut).length;
  const [r, f, m] = [
    fifths(accounts.map(account => account.recencyDays)),
    fifths(accounts.map(account => account.frequency)),
    fifths(accounts.map(account => account.minor)),
  ];
  return accounts.map(account => ({
    ...account,
    r: 6 - score(account.recencyDays, r!),
    f: score(account.frequency, f!),
    m: score(account.minor, m!),
  }));
}
