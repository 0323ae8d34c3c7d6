import { deepStrictEqual } from 'node:assert/strict';
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { aggregates } from '#crm/aggregates.js';
import type { AnyDecider } from '#event-sourcing/decider.js';
import type { Day } from '#event-sourcing/event.js';
import { foldInPages, forget } from '#projections/testing/engine.js';
import { databaseForTests } from '#projections/testing/test-engine.js';
import { directory, tables } from '#read-models/directory/directory.projection.js';
import { Reading } from '#read-models/shared/reading.js';
import { anyDeed, beginnings } from '../model/deeds.js';
import { listsIn, listsOf, reportProjections, reportsIn, reportsOf, TIME_ZONE } from '../model/figures.js';
import { Company, happenings, runIn } from '../model/run.js';
import { poisoned } from './poisoned.js';
import { logOf } from './restored.js';
import { Chance, PATIENCE_MS, report, trials } from './trials.js';

const RUNS = trials({ short: 300, full: 1_000 });
const RUNS_WITH_REPORTS = trials({ short: 6, full: 60 });
const RUNS_OF_A_CONTROL = 300;

const database = databaseForTests();

async function founded(deciders: readonly AnyDecider[] = aggregates): Promise<Company> {
  const company = await new Company(deciders).open();
  for (const deed of beginnings) await company.do(deed);
  return company;
}

/** Each run: up to 50 commands to product and model, and in the end the lists of both. */
const property = (deciders?: readonly AnyDecider[], folds?: typeof tables, tally = { commands: 0, changed: 0 }) =>
  fc.asyncProperty(happenings(anyDeed), async commands => {
    const company = await founded(deciders);
    await runIn(company, commands);
    tally.commands += company.tally.commands;
    tally.changed += company.tally.changed;
    deepStrictEqual(listsOf(await logOf(company.store), folds), listsIn(company.model));
  });

it(
  'What the CRM answers to any commands, and its lists afterwards, are those of a simple model',
  async () => {
    const chance = new Chance();
    const { seed } = chance;
    const tally = { commands: 0, changed: 0 };
    const result = await fc.check(property(aggregates, tables, tally), { seed, numRuns: RUNS });
    report('the model as a whole', chance, { runs: result.numRuns, ...tally, divergences: result.failed ? 1 : 0 });
    if (result.failed) throw new Error(fc.defaultReportMessage(result));
    expect(tally.changed).toBeGreaterThan(tally.commands / 4);
  },
  PATIENCE_MS,
);

it(
  'So are the funnel and the daily report, also as known on any earlier day',
  async () => {
    const chance = new Chance();
    const { seed } = chance;
    let compared = 0;
    const evenings = new Map<Day, ReturnType<typeof reportsIn>>();
    const commands = happenings(anyDeed, ({ today, model }) => evenings.set(today, reportsIn(model)));
    const reports = fc.asyncProperty(commands, fc.integer({ min: 1, max: 60 }), async (commands, pageSize) => {
      evenings.clear();
      const company = await founded();
      await runIn(company, commands);
      for (const projection of reportProjections) {
        await forget(database(), projection);
        await foldInPages(database(), projection, company.store, pageSize);
      }
      const reading = new Reading(database(), company.store, TIME_ZONE, () => `${company.today}T12:00:00.000Z`);
      deepStrictEqual(await reportsOf(reading), reportsIn(company.model));
      for (const [day, known] of evenings) deepStrictEqual([day, await reportsOf(reading, day)], [day, known]);
      compared += 1 + evenings.size;
    });
    const result = await fc.check(reports, { seed, numRuns: RUNS_WITH_REPORTS });
    const figures = { runs: result.numRuns, reports: compared, divergences: result.failed ? 1 : 0 };
    report('the model and the reports', chance, figures);
    if (result.failed) throw new Error(fc.defaultReportMessage(result));
  },
  PATIENCE_MS,
);

it('Control: a decider that lets an opportunity advance backwards is found, with the few commands that show it', async () => {
  const careless = aggregates.map(decider =>
    decider.stream === 'opportunity'
      ? { ...decider, decide: { ...decider.decide, AdvanceStage: decider.decide.RecordStageEntry! } }
      : decider,
  );
  const { failed, counterexample } = await fc.check(property(careless as AnyDecider[]), { numRuns: RUNS_OF_A_CONTROL });
  expect(failed).toBe(true);
  expect(String(counterexample).split('},{').length).toBeLessThan(6);
});

it('Control: a fold that overlooks reversed payments is found', async () => {
  const ill = poisoned(directory, ({ type }) => type === 'PaymentReversed', 'skips').tables.rows;
  const folds = Object.fromEntries(ill.map(table => [table.name, table])) as unknown as typeof tables;
  const { failed } = await fc.check(property(aggregates, folds), { numRuns: RUNS_OF_A_CONTROL });
  expect(failed).toBe(true);
});
