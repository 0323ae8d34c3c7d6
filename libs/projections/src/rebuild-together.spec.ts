import { beforeEach, describe, expect, it } from '@jest/globals';
import type { ReadAllOptions } from '#event-sourcing/event-store.js';
import type { Projection } from '#event-sourcing/projection.js';
import { digest } from './digest.js';
import type { RebuildProgress } from './progress.js';
import { rebuild, rebuildTogether } from './rebuild.js';
import { findGeneration } from './registry.js';
import { foldInPages, forget, silent } from './testing/engine.js';
import { type Happening, logOf, TIME_ZONE } from './testing/history.js';
import { pipeline, visits } from './testing/pipeline.js';
import { databaseForTests } from './testing/test-engine.js';

const database = databaseForTests();

const second: Projection = { ...pipeline, name: 'second' };
/** Of other event types than the others. */
const visitors: Projection = { name: 'visitors', version: 1, tables: { rows: [], totals: [], logs: [visits] } };

const opened: Happening = {
  type: 'DealOpened',
  data: { dealId: 'd1', ownerId: 'chen', amount: 100 },
  later: 1,
  late: 0,
};
const visited: Happening = { type: 'VisitPaid', data: { ownerId: 'li' }, later: 0, late: 0 };
const history = [opened, visited, visited];

beforeEach(async () => {
  for (const projection of [pipeline, second, visitors]) await forget(database(), projection);
});

async function optionsFor(events: readonly Happening[]) {
  const store = await logOf(events);
  const reads: ReadAllOptions[] = [];
  const readAll = store.readAll.bind(store);
  store.readAll = (options = {}) => {
    // What the comparing and the swapping look at begins behind what was built.
    if (options.after === undefined) reads.push(options);
    return readAll(options);
  };
  return { store, reads, database: database(), timeZone: TIME_ZONE, log: silent };
}

const versionOf = async ({ name }: Projection) => (await findGeneration(database().pool, name, 'live'))?.version;

describe('Projections that are rebuilt together', () => {
  it('are built from one reading of the log, each from the events that concern it', async () => {
    const options = await optionsFor(history);
    const told = new Map<string, RebuildProgress>();
    const onProgress = ({ name }: Projection, progress: RebuildProgress) => {
      if (progress.phase === 'folding') told.set(name, progress);
    };
    const projections = [pipeline, visitors];
    const reports = await Promise.all(rebuildTogether({ ...options, projections, onProgress }));

    expect(options.reads).toHaveLength(1);
    expect(reports.map(({ projection, events, swapped }) => [projection, events, swapped])).toEqual([
      ['pipeline', 3, true],
      ['visitors', 2, true],
    ]);
    expect(Object.fromEntries(told)).toMatchObject({
      pipeline: { events: 3, position: 3n, target: 3n },
      visitors: { events: 2, position: 3n, target: 3n },
    });
  });

  it('hold what each holds that was rebuilt alone', async () => {
    const options = await optionsFor(history);
    await rebuild({ ...options, projection: pipeline });
    const alone = await digest(database(), pipeline);
    await forget(database(), pipeline);
    await Promise.all(rebuildTogether({ ...options, projections: [pipeline, second] }));
    expect(await digest(database(), pipeline)).toEqual(alone);
    expect(await digest(database(), second)).toEqual(alone);
  });

  it('each go as far as their live one is', async () => {
    const options = await optionsFor(history);
    await foldInPages(database(), pipeline, await logOf([opened, visited]), 10);
    const reports = await Promise.all(rebuildTogether({ ...options, projections: [pipeline, second], force: true }));
    expect(reports.map(({ events }) => events)).toEqual([2, 3]);
    // It catches up before it is swapped in only as far as the live one has come meanwhile.
    expect(reports.map(({ swapped }) => swapped)).toEqual([true, true]);
  });

  it('are swapped although one of them stumbles over an event', async () => {
    const poison: Happening = { type: 'DealAdvanced', data: { dealId: 'd1', stage: 'poison' }, later: 0, late: 0 };
    const options = await optionsFor([...history, poison, visited]);
    const results = await Promise.allSettled(rebuildTogether({ ...options, projections: [pipeline, visitors] }));
    expect(results).toMatchObject([
      { status: 'rejected', reason: { message: expect.stringContaining('DealAdvanced at position 4') } },
      { status: 'fulfilled', value: { projection: 'visitors', events: 3, swapped: true } },
    ]);
    const failed = await findGeneration(database().pool, 'pipeline', 'next');
    expect(failed?.lastError).toContain('nobody knows this stage');
  });

  it('do not wait for one that another process is building', async () => {
    const options = await optionsFor(history);
    await rebuild({ ...options, projection: second });
    await database().pool.query(
      `insert into projections.leases values ('second:build', 'another', now() + interval '1 hour')`,
    );
    const [mine, theirs] = rebuildTogether({ ...options, projections: [{ ...pipeline, version: 2 }, second] });
    theirs!.catch(() => undefined);
    await mine;
    expect(await versionOf(pipeline)).toBe(2);
    await expect(theirs).rejects.toThrow('second is being rebuilt by another process.');
    await database().pool.query(`delete from projections.leases where owner = 'another'`);
  }, 30_000);

  it('end when told to, with the live ones as they were', async () => {
    const options = await optionsFor(history);
    await foldInPages(database(), pipeline, options.store, 10);
    const before = await digest(database(), pipeline);
    const stop = new AbortController();
    const reports = rebuildTogether({
      ...options,
      projections: [pipeline, second],
      signal: stop.signal,
      onProgress: () => stop.abort(new Error('stopped')),
    });
    const results = await Promise.allSettled(reports);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await digest(database(), pipeline)).toEqual(before);
  });
});
