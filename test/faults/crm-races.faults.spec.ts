import { deepStrictEqual } from 'node:assert/strict';
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { EventStore } from '#event-sourcing/event-store.js';
import { CrmModel } from '../model/crm-model.js';
import { beginnings, type Deed, loneDeed } from '../model/deeds.js';
import { listsIn, listsOf } from '../model/figures.js';
import { Company, type Sent } from '../model/run.js';
import { logOf } from './restored.js';
import { Chance, PATIENCE_MS, report, trials } from './trials.js';

const RACES = trials({ short: 200, full: 1_000 });
const PROCESSES = 3;
const RACES_OF_A_CONTROL = 300;

/** What each process does at the same time as all others. */
const rush = fc.array(fc.tuple(loneDeed, fc.nat(PROCESSES - 1)), { minLength: 3, maxLength: 12 });

it(
  'However reading and appending of several processes interleave, what comes of it could have come one after the other',
  async () => {
    const chance = new Chance();
    const result = await fc.check(
      raced(store => store),
      { seed: chance.seed, numRuns: RACES },
    );
    report('races', chance, { races: result.numRuns, processes: PROCESSES, divergences: result.failed ? 1 : 0 });
    if (result.failed) throw new Error(fc.defaultReportMessage(result));
  },
  PATIENCE_MS,
);

it('Control: a store that appends whatever was expected is found', async () => {
  const { failed } = await fc.check(raced(heedless), { numRuns: RACES_OF_A_CONTROL });
  expect(failed).toBe(true);
});

const raced = (kind: (store: EventStore) => EventStore) =>
  fc.asyncProperty(fc.scheduler(), rush, async (scheduler, deeds) => {
    const company = await new Company().open();
    for (const deed of beginnings) await company.do(deed);
    const store = scheduled(kind(company.store), scheduler);
    const processes = Array.from({ length: PROCESSES }, () => company.process(store));
    const sending = deeds.map(([deed, n]) => company.send(deed, { executor: processes[n] }));
    const sent = await scheduler.waitFor(Promise.all(sending));
    const { done, notDone } = inTurn(deeds.map(([deed], n) => ({ deed, ...sent[n]! })));
    const models = done.map((_, count) => modelAfter(company, done.slice(0, count)));
    deepStrictEqual(
      done.map(({ deed }, n) => models[n]!.apply(deed, company.today)),
      done.map(() => 'changed'),
    );
    deepStrictEqual(listsOf(await logOf(company.store)), listsIn(modelAfter(company, done)));
    for (const { deed, reaction } of notDone) {
      const possible = [...done, undefined].map((_, n) =>
        modelAfter(company, done.slice(0, n)).apply(deed, company.today),
      );
      if (!possible.includes(reaction)) deepStrictEqual({ deed, reaction }, { deed, reaction: possible });
    }
  });

/** Every reading and every append waits until it is its turn. */
function scheduled(store: EventStore, scheduler: fc.Scheduler): EventStore {
  const standIn = Object.create(store) as EventStore;
  standIn.append = async (stream, ...rest) => {
    await scheduler.schedule(Promise.resolve(), `append to ${stream}`);
    return store.append(stream, ...rest);
  };
  standIn.readStream = async function* (stream, options) {
    await scheduler.schedule(Promise.resolve(), `read ${stream}`);
    yield* store.readStream(stream, options);
  };
  return standIn;
}

function heedless(store: EventStore): EventStore {
  const standIn = Object.create(store) as EventStore;
  standIn.append = async (stream, _, events) => {
    let last: bigint | undefined;
    for await (const { revision } of store.readStream(stream, { backwards: true, limit: 1 })) last = revision;
    return store.append(stream, last ?? 'noStream', events);
  };
  return standIn;
}

type Done = Sent & { readonly deed: Deed };

/** What had an effect, in the order of the log. Who was told to try again (`CONFLICT`) says nothing. */
function inTurn(sent: readonly Done[]): { done: Done[]; notDone: Done[] } {
  const done = sent.filter(({ reaction }) => reaction === 'changed');
  const notDone = sent.filter(({ reaction }) => reaction !== 'changed' && reaction !== 'CONFLICT');
  return { done: done.sort((a, b) => Number(a.position! - b.position!)), notDone };
}

function modelAfter({ today }: Company, done: readonly Done[]): CrmModel {
  const model = new CrmModel();
  for (const deed of [...beginnings, ...done.map(({ deed }) => deed)]) model.apply(deed, today);
  return model;
}
