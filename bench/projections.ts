import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import type { CrmEvents } from '#crm/events.js';
import { addDays } from '#event-sourcing/business-time.js';
import type { NewEvent } from '#event-sourcing/event.js';
import type { EventStore } from '#event-sourcing/event-store.js';
import { integer, type Projection, projection } from '#event-sourcing/projection.js';
import { openPostgresStore } from '#event-store/postgres/postgres-event-store.js';
import { type Database, openDatabase } from '#projections/database.js';
import { rebuild } from '#projections/rebuild.js';
import { totalsBetween } from '#projections/totals-query.js';
import { funnel, totals } from '#read-models/funnel/funnel.projection.js';
import type { Finding } from './finding.js';
import type { Surroundings } from './surroundings.js';

const TIME_ZONE = 'Asia/Shanghai';
const STAGES = ['NeedsConfirmed', 'Proposal', 'Negotiation'];
const OWNERS = 50;
const SOURCES = 8;
const OPEN_AT_A_TIME = 5_000;
const EVENTS_PER_APPEND = 500;

/** A counter per owner and day: as little as a projection can do with an event. */
const light = projection<CrmEvents>()('light', { version: 1 });
light.rows('days', {
  key: {
    column: 'ownerDay',
    of: ({ data, metadata }) => {
      const { ownerId } = data as { ownerId?: string };
      return ownerId && `${ownerId} ${metadata.occurredAt.slice(0, 10)}`;
    },
  },
  columns: { opened: integer, advanced: integer },
  on: {
    OpportunityOpened: row => ({ opened: (row?.opened ?? 0) + 1, advanced: row?.advanced ?? 0 }),
    StageAdvanced: row => ({ opened: row?.opened ?? 0, advanced: (row?.advanced ?? 0) + 1 }),
  },
});

/** The same numbers in every run: a linear congruential generator is random enough for a load. */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return below => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

interface Opportunity {
  readonly ids: { readonly opportunityId: string; readonly customerId: string; readonly ownerId: string };
  readonly amount: { readonly minor: number; readonly currency: string };
  depth: number;
}

/** The life of a sales organisation over two years: opportunities are opened, move on, and end won and paid, or lost. */
function* happenings(count: number): Iterable<{ type: keyof CrmEvents; data: object; day: string }> {
  const random = generator(42);
  const open: Opportunity[] = [];
  for (let index = 0; index < count; index++) {
    const day = addDays('2024-01-01', Math.floor((index / count) * 730));
    if (open.length < OPEN_AT_A_TIME && (open.length < 100 || random(4) === 0)) {
      const ids = {
        opportunityId: randomUUID(),
        customerId: randomUUID(),
        ownerId: `employee-${random(OWNERS)}`,
      };
      const amount = { minor: 1_000 * (1 + random(5_000)), currency: 'CNY' };
      open.push({ ids, amount, depth: 0 });
      const pipeline = {
        pipelineId: 'default',
        pipelineVersion: 1,
        stages: STAGES,
        source: `source-${random(SOURCES)}`,
      };
      yield { type: 'OpportunityOpened', data: { ...ids, ...pipeline, amount, openedOn: day }, day };
      continue;
    }
    const at = random(open.length);
    const { ids, amount, depth } = open[at]!;
    const from = STAGES[depth - 1];
    if (depth < STAGES.length && random(5) > 0) {
      yield { type: 'StageAdvanced', data: { ...ids, ...(from && { from }), to: STAGES[depth] }, day };
      open[at]!.depth++;
      continue;
    }
    open.splice(at, 1);
    if (depth < STAGES.length)
      yield { type: 'OpportunityLost', data: { ...ids, from, reason: 'price', lostOn: day }, day };
    else yield { type: 'OpportunityWon', data: { ...ids, from, amount, wonOn: day }, day };
  }
}

function* newEvents(count: number): Iterable<NewEvent> {
  for (const { type, data, day } of happenings(count)) {
    const recordedAt = `${day}T02:00:00.000Z`;
    const id = randomUUID();
    const actor = { id: 'employee-1', role: 'salesperson' };
    yield {
      id,
      type,
      data,
      recordedAt,
      metadata: { $correlationId: id, $causationId: id, actor, occurredAt: recordedAt, schemaVersion: 1 },
    };
  }
}

/** Events in streams of their own, which the engine does not look at: loading is not what is measured. */
async function fill(store: EventStore, count: number): Promise<void> {
  const batch: NewEvent[] = [];
  const append = () => store.append(`bench-${randomUUID()}`, 'noStream', batch.splice(0));
  for (const event of newEvents(count)) if (batch.push(event) === EVENTS_PER_APPEND) await append();
  if (batch.length) await append();
}

async function measureRebuild(store: EventStore, database: Database, one: Projection) {
  const log = { info: () => undefined, warn: console.error, error: console.error };
  const report = await rebuild({ store, database, projection: one, timeZone: TIME_ZONE, log, force: true });
  return { events: report.events, perSecond: Math.round(report.eventsPerSecond) };
}

async function medianMs(work: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run < 9; run++) {
    const start = performance.now();
    await work();
    times.push(performance.now() - start);
  }
  return Math.round(times.sort((one, other) => one - other)[4]! * 10) / 10;
}

async function measureQueries({ kysely }: Database): Promise<{ year: number; oddDays: number; knownOn: number }> {
  const summed = (range: Parameters<typeof totalsBetween<typeof totals>>[1]) => () =>
    kysely
      .selectFrom(totalsBetween(totals, range).as('t'))
      .select(['t.stage', eb => eb.fn.sum<number>('t.reachedImplied').as('reached')])
      .groupBy('t.stage')
      .execute();
  return {
    year: await medianMs(summed({ from: '2024-01-01', to: '2024-12-31' })),
    oddDays: await medianMs(summed({ from: '2024-02-11', to: '2025-06-21' })),
    knownOn: await medianMs(summed({ from: '2024-01-01', to: '2024-12-31', knownOn: '2024-12-31' })),
  };
}

/** Rebuilds the funnel and a light projection from synthetic events, and asks the funnel's totals. */
export async function benchRebuild({ freshDatabase, full }: Surroundings): Promise<Finding[]> {
  const url = await freshDatabase();
  const store = await openPostgresStore(url);
  const database = openDatabase(url);
  const events = full ? 1_000_000 : 300_000;
  try {
    await fill(store, events);
    const rebuilt = async (one: Projection): Promise<Finding> => ({
      what: `rebuild of ${one.name}, ${events.toLocaleString('en-US')} events`,
      unit: 'per second',
      values: [(await measureRebuild(store, database, one)).perSecond],
      baselines: [],
    });
    const rebuilds = [await rebuilt(funnel), await rebuilt(light)];
    const { year, oddDays, knownOn } = await measureQueries(database);
    const asked = (what: string, value: number): Finding => ({
      what: `totals of the funnel, ${what}`,
      unit: 'ms',
      values: [value],
      baselines: [],
    });
    return [...rebuilds, asked('a year', year), asked('odd days', oddDays), asked('as known on a day', knownOn)];
  } finally {
    await database.close();
    await store.close();
  }
}
