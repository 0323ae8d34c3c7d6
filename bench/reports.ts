import { performance } from 'node:perf_hooks';
import { sql } from 'kysely';
import { type Listening, listen } from '#apps/api/src/listen.js';
import { runDemo } from '#apps/demo/src/run-demo.js';
import { catchUp } from '#apps/system/src/catch-up.js';
import { ascending, quantile } from './figures.js';
import type { Finding } from './finding.js';
import type { Surroundings } from './surroundings.js';

const ASKED = 40;
/** The same year in every run. */
const UNTIL = Date.parse('2026-06-30T16:00:00.000Z');
const YEAR = { from: '2025-07-01', to: '2026-06-30' };

const reports: Readonly<Record<string, string>> = {
  funnel: `{ funnel(cohort: { from: "${YEAR.from}", to: "${YEAR.to}" }) { stages { stage reached amount { minor } } winRate } }`,
  'funnel by region': `{ funnel(cohort: { from: "2025-08-11", to: "2026-03-20" }, groupBy: [REGION]) { groups { key stages { reached } } } }`,
  'funnel as known half a year ago': `{ funnel(cohort: { from: "${YEAR.from}", to: "${YEAR.to}" }, knownOn: "2025-12-31") { stages { stage reached } } }`,
  'rfm on receipts': '{ rfm(asOf: "2026-06-30") { segments { segment customers } } }',
  'sales daily, a day':
    '{ salesDaily(from: "2026-03-02", to: "2026-03-02") { totals { receipts { count amount { minor } } } rows { day newLeads } } }',
  'opportunities by amount':
    '{ opportunities(first: 50, sort: { by: AMOUNT, direction: DESC }) { nodes { id amount { minor } owner { name } } } }',
};

/** The funnel's first stage by SQL over the rows: what a report without totals would do at the least. */
const naiveFunnel = sql`
  select entry ->> 'stage', count(distinct opportunity_id), sum(amount_minor)
  from funnel.opportunities, jsonb_array_elements(entries) entry where cohort_on between ${YEAR.from} and ${YEAR.to} group by 1`;

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

async function ask({ url, token }: Listening, query: string): Promise<void> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query }),
  });
  const { errors } = (await answer.json()) as { errors?: unknown };
  if (errors) throw new Error(JSON.stringify(errors));
}

/** Fills a system with a simulated company and asks its reports over HTTP. */
export async function benchReports({ onSystem, full }: Surroundings): Promise<Finding[]> {
  const opportunities = full ? 1_000_000 : 100_000;
  return onSystem(async system => {
    await runDemo({ store: system.store, timeZone: 'Asia/Shanghai', seed: 1, opportunities, until: UNTIL });
    await catchUp(system);
    const api = await listen(system);
    const findings: Finding[] = [];
    for (const [report, query] of Object.entries(reports)) {
      await ask(api, query);
      const times: number[] = [];
      for (let count = 0; count < ASKED; count++) times.push(await timed(() => ask(api, query)));
      const naive = report === 'funnel' ? [await timed(() => naiveFunnel.execute(system.database.kysely))] : [];
      findings.push({
        what: `report, ${report}`,
        unit: 'ms',
        values: [quantile(ascending(times), 0.5)],
        latency: { p50: quantile(ascending(times), 0.5), p99: quantile(ascending(times), 0.99) },
        baselines: naive.length ? [{ name: 'naive SQL', configured: 'SQL over the rows.', values: naive }] : [],
      });
    }
    await api.close();
    return findings;
  });
}
