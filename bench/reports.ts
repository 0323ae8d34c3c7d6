import { type Listening, listen } from '#apps/api/src/listen.js';
import type { System } from '#apps/system/src/system.js';
import { addDays } from '#event-sourcing/business-time.js';
import { quantile } from './figures.js';
import type { Baseline, Finding } from './finding.js';
import { ORGANISATION } from './reports/history.js';
import { limitedQuestions } from './reports/limited.js';
import { naiveRfm } from './reports/naive.js';
import { prepared } from './reports/prepared.js';
import { questions, questionsOfThePast, rfmAsOf } from './reports/questions.js';
import { replaying } from './reports/replay.js';
import { ask, naively, type Rounds, rounds, timed } from './reports/timing.js';
import type { Surroundings } from './surroundings.js';

const ROUNDS = { asked: 40, times: 3 };
const IN_PROCESS = { asked: 40, times: 1 };
const MAX_P99_MS = 20;
const MAX_COUNT_P99_MS = 50;
const MAX_P99_OF_THE_PAST_MS = 300;
const MAX_GROWTH = 1.3;
const MAX_RFM_MS = 1_000;

const described = `${ORGANISATION.salespeople} salespeople in ${ORGANISATION.regions} regions, ${ORGANISATION.sources} sources, two years; one customer in ten was handed over, one opportunity in a hundred is nobody’s`;

const SIZES = [10_000, 100_000];
const LARGEST = 1_000_000;

/** Reports and lists over HTTP on the same organisation with ever more opportunities. */
export const benchReports = (surroundings: Surroundings): Promise<Finding[]> =>
  reportsAt(surroundings.full ? [...SIZES, LARGEST] : SIZES, surroundings);

/** The same at some of the sizes, in ascending order. */
export async function reportsAt(sizes: readonly number[], { onSystem }: Surroundings): Promise<Finding[]> {
  const findings: Finding[] = [];
  let smaller: ReadonlyMap<string, Rounds> | undefined;
  for (const size of sizes) {
    const measured = await onSystem(async system => {
      await prepared(system, size);
      return reportsOf(system, size);
    }, `reports_${size}`);
    findings.push(...measured.findings, ...growth(smaller, measured.times, size));
    smaller = measured.times;
  }
  return findings;
}

/** How many times better than a baseline has to be reached: what does not grow is no faster than what is small. */
const timesOf = (size: number, times: number) => (size === LARGEST ? times : undefined);

/** Everything that is asked of one size. */
async function reportsOf(system: System, size: number) {
  const api = await listen(system);
  const times = new Map<string, Rounds>();
  try {
    const findings = [
      ...(await ofToday(system, api, size, times)),
      ...(await ofThePast(system, api, size)),
      ...(await ofLimitedViewers(system, size)),
      ...(await rfmOf(system, api, size)),
    ];
    return { findings, times };
  } finally {
    await api.close();
  }
}

const inWords = (size: number) => `${size.toLocaleString('en')} opportunities`;

async function ofToday({ database, reading }: System, api: Listening, size: number, times: Map<string, Rounds>) {
  const findings: Finding[] = [];
  for (const { name, graphql, naive, inProcess } of questions) {
    const overHttp = await rounds(() => ask(api, graphql), ROUNDS);
    const baseline: Baseline = {
      name: 'SQL over the rows',
      configured:
        'one statement over the rows of the same read model, in the same database; its median against our p99',
      values: await naively(database, naive!, 2),
      timesAtLeast: timesOf(size, 30),
    };
    times.set(name, overHttp);
    const what = `${name}, ${inWords(size)}: p99`;
    findings.push(finding(what, overHttp, { goal: MAX_P99_MS, baselines: [baseline] }));
    findings.push(finding(`${what} in process`, await rounds(() => inProcess(reading), IN_PROCESS)));
  }
  return findings;
}

async function ofThePast(system: System, api: Listening, size: number) {
  const findings: Finding[] = [];
  for (const { name, graphql, projection, knownOn } of questionsOfThePast) {
    const baseline: Baseline = {
      name: 'replaying the log',
      configured:
        'reading the events up to that day and folding them in memory, without adding anything up; measured over the first of them, the others in proportion',
      values: [await replaying(system, projection, knownOn)],
      timesAtLeast: timesOf(size, 50),
    };
    const overHttp = await rounds(() => ask(api, graphql), { ...ROUNDS, asked: 20 });
    const what = `${name} as known on ${knownOn}, ${inWords(size)}: p99`;
    findings.push(finding(what, overHttp, { goal: MAX_P99_OF_THE_PAST_MS, baselines: [baseline] }));
  }
  return findings;
}

/** Pages and numbers of entries, asked as the resolvers ask them. */
async function ofLimitedViewers({ reading }: System, size: number) {
  const findings: Finding[] = [];
  for (const { name, page, count } of limitedQuestions) {
    const pages = await rounds(() => page(reading), IN_PROCESS);
    const what = `${name}, ${inWords(size)}`;
    findings.push(finding(`${what}: first 50, p99 in process`, pages, { goal: MAX_P99_MS }));
    const counts = await rounds(() => count(reading), { ...IN_PROCESS, asked: 20 });
    findings.push(finding(`${what}: their number, p99 in process`, counts, { goal: MAX_COUNT_P99_MS }));
  }
  return findings;
}

function finding(what: string, { p99, all }: Rounds, goals: Partial<Finding> = {}): Finding {
  const latency = { p50: quantile(all, 0.5), p99: quantile(all, 0.99) };
  return { what, configured: described, unit: 'ms', values: p99, latency, baselines: [], ...goals };
}

/** RFM as of days that nobody has asked for, against SQL; and the same day again. */
async function rfmOf({ database }: System, api: Listening, size: number): Promise<Finding[]> {
  const of = inWords(size);
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
  const baselines = [{ name: 'SQL over the rows', configured, values: naive, timesAtLeast: timesOf(size, 2) }];
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
    goal: timesOf(size, MAX_GROWTH),
  }));
}
