import { type Listening, listen } from '#apps/api/src/listen.js';
import type { System } from '#apps/system/src/system.js';
import { addDays, daysBetween } from '#event-sourcing/business-time.js';
import { rebuild } from '#projections/rebuild.js';
import { directory } from '#read-models/directory/directory.projection.js';
import { funnel } from '#read-models/funnel/funnel.projection.js';
import { organisation } from '#read-models/organisation/organisation.projection.js';
import { rfm } from '#read-models/rfm/rfm.projection.js';
import { salesDaily } from '#read-models/sales-daily/sales-daily.projection.js';
import { quantile } from './figures.js';
import type { Baseline, Finding } from './finding.js';
import { fillLog } from './reports/fill.js';
import { ORGANISATION, PERIOD } from './reports/history.js';
import { naiveRfm } from './reports/naive.js';
import { questions, questionsOfThePast, rfmAsOf } from './reports/questions.js';
import { ask, naively, type Rounds, rounds, timed } from './reports/timing.js';
import type { Surroundings } from './surroundings.js';

const ROUNDS = { asked: 60, times: 3 };
const IN_PROCESS = { asked: 60, times: 1 };
const MAX_P99_MS = 20;
const MAX_P99_OF_THE_PAST_MS = 300;
const MAX_GROWTH = 1.3;
const MAX_RFM_MS = 1_000;
const REBUILT = [organisation, funnel, salesDaily, directory, rfm];

/** How long each read model took to rebuild, in ms. */
type RebuildTimes = ReadonlyMap<string, number>;

const described = `${ORGANISATION.salespeople} salespeople in ${ORGANISATION.regions} regions, ${ORGANISATION.sources} sources, two years`;

const SIZES = [10_000, 100_000];
const FULL_SIZES = [...SIZES, 1_000_000];

/** Reports and lists over HTTP on the same organisation with ever more opportunities. */
export async function benchReports({ onSystem, full }: Surroundings): Promise<Finding[]> {
  const findings: Finding[] = [];
  let smaller: ReadonlyMap<string, Rounds> | undefined;
  for (const size of full ? FULL_SIZES : SIZES) {
    const measured = await onSystem(async system => reportsOf(system, size, await filled(system, size)));
    findings.push(...measured.findings, ...growth(smaller, measured.times, size));
    smaller = measured.times;
  }
  return findings;
}

async function filled({ store, database, config }: System, opportunities: number): Promise<RebuildTimes> {
  await fillLog(database, opportunities);
  const times = new Map<string, number>();
  for (const projection of REBUILT) {
    const log = { info: () => undefined, warn: console.error, error: console.error };
    const { seconds } = await rebuild({ store, database, projection, timeZone: config.businessTimezone, log });
    times.set(projection.name, seconds * 1_000);
  }
  await database.pool.query('vacuum analyze');
  return times;
}

/** Everything that is asked of one size. */
export async function reportsOf(system: System, size: number, rebuilt: RebuildTimes) {
  const { database, reading } = system;
  const api = await listen(system);
  const of = `${size.toLocaleString('en')} opportunities`;
  const times = new Map<string, Rounds>();
  const findings: Finding[] = [];
  try {
    for (const { name, graphql, naive, inProcess } of questions) {
      const overHttp = await rounds(() => ask(api, graphql), ROUNDS);
      const baseline: Baseline = {
        name: 'SQL over the rows',
        configured:
          'one statement over the rows of the same read model, in the same database; its median against our p99',
        values: await naively(database, naive!, 3),
        timesAtLeast: 30,
      };
      times.set(name, overHttp);
      findings.push(finding(`${name}, ${of}: p99`, overHttp, { goal: MAX_P99_MS, baselines: [baseline] }));
      findings.push(finding(`${name}, ${of}: p99 in process`, await rounds(() => inProcess(reading), IN_PROCESS)));
    }
    for (const { name, graphql, projection, knownOn } of questionsOfThePast) {
      const share = (daysBetween(PERIOD.from, knownOn) + 1) / (daysBetween(PERIOD.from, PERIOD.to) + 1);
      const baseline: Baseline = {
        name: 'replaying the log',
        configured: 'the rebuild of this run, its time in proportion to the days up to that of the question',
        values: [rebuilt.get(projection)! * share],
        timesAtLeast: 50,
      };
      const overHttp = await rounds(() => ask(api, graphql), { ...ROUNDS, asked: 30 });
      const what = `${name} as known on ${knownOn}, ${of}: p99`;
      findings.push(finding(what, overHttp, { goal: MAX_P99_OF_THE_PAST_MS, baselines: [baseline] }));
    }
    findings.push(...(await rfmOf(system, api, of)));
  } finally {
    await api.close();
  }
  return { findings, times };
}

function finding(what: string, { p99, all }: Rounds, goals: Partial<Finding> = {}): Finding {
  const latency = { p50: quantile(all, 0.5), p99: quantile(all, 0.99) };
  return { what, configured: described, unit: 'ms', values: p99, latency, baselines: [], ...goals };
}

/** RFM as of days that nobody has asked for, against SQL; and the same day again. */
async function rfmOf({ database }: System, api: Listening, of: string): Promise<Finding[]> {
  await ask(api, rfmAsOf('2026-07-01'));
  const cold: number[] = [];
  const naive: number[] = [];
  for (let day = 1; day <= 3; day++) {
    const asOf = addDays('2026-07-01', day);
    cold.push(await timed(() => ask(api, rfmAsOf(asOf))));
    naive.push(...(await naively(database, naiveRfm(asOf), 1)));
  }
  const again = await rounds(() => ask(api, rfmAsOf('2026-07-04')), ROUNDS);
  const configured = 'quantiles, scores and segments in one statement over the transactions, which have our index';
  const baselines = [{ name: 'SQL over the rows', configured, values: naive, timesAtLeast: 2 }];
  return [
    {
      what: `RFM, as many customers as ${of}, asked for the first time`,
      unit: 'ms',
      values: cold,
      baselines,
      goal: MAX_RFM_MS,
    },
    finding(`RFM, ${of}, asked again: p99`, again, { goal: MAX_P99_MS }),
  ];
}

/** How much longer the same question takes with ten times as many opportunities. */
function growth(
  before: ReadonlyMap<string, Rounds> | undefined,
  after: ReadonlyMap<string, Rounds>,
  size: number,
): Finding[] {
  if (!before) return [];
  return [...after].map(([name, { p50 }]) => ({
    what: `${name}: growth of the median up to ${size.toLocaleString('en')} opportunities from ten times fewer`,
    unit: 'times',
    values: p50.map((value, round) => value / before.get(name)!.p50[round]!),
    baselines: [],
    goal: MAX_GROWTH,
  }));
}
