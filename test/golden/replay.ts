import { importEvents } from '#apps/cli/src/events/import.js';
import { aggregates } from '#crm/aggregates.js';
import { fold } from '#event-sourcing/decider.js';
import type { RecordedEvent } from '#event-sourcing/event.js';
import type { Projection } from '#event-sourcing/projection.js';
import { all, eventsOf } from '#event-store/contract/opened-store.js';
import { MemoryEventStore } from '#event-store/memory/memory-event-store.js';
import { type Database, openDatabase } from '#projections/database.js';
import { type Digest, digest } from '#projections/digest.js';
import { prepare } from '#projections/prepare.js';
import { rebuild } from '#projections/rebuild.js';
import { silent } from '#projections/testing/engine.js';
import type { View } from '#read-models/access/view.js';
import { closingsOf } from '#read-models/closings/closings.query.js';
import { funnelOf } from '#read-models/funnel/funnel.query.js';
import { leadFunnelOf } from '#read-models/lead-funnel/lead-funnel.query.js';
import { projections as readModels } from '#read-models/read-models.js';
import { flowOf } from '#read-models/stages/stages.query.js';
import { testDatabase } from '../support/postgres.js';
import { seeingAll } from '../support/viewing.js';

const TIME_ZONE = 'Asia/Shanghai';
const YEAR = { from: '2024-12-30', to: '2025-12-31' };
const KNOWN_ON = '2025-07-31';

/** What one version of a read model made of a history. */
export interface Outcome {
  readonly digest: Digest;
  readonly answers?: unknown;
}

/** By the name of the read model. */
export type Replayed = Readonly<Record<string, { readonly version: number; readonly outcome: Outcome }>>;

// biome-ignore lint/suspicious/noExplicitAny: each question names the tables that it needs.
type Anything = View<any>;

/** What people are told, so that a change of a query shows as well. */
const questions: Readonly<Record<string, (view: Anything) => Promise<unknown>>> = {
  funnel: async view => {
    const asked = { cohort: YEAR, pipeline: 'default' };
    return [
      await funnelOf(view, { ...asked, mode: 'ANY', groupBy: [] }),
      await funnelOf(view, { ...asked, mode: 'STRICT', groupBy: ['TEAM'] }),
      await funnelOf(view, { ...asked, mode: 'IMPLIED', groupBy: ['COHORT_QUARTER'], knownOn: KNOWN_ON }),
    ];
  },
  leadFunnel: async view => [
    await leadFunnelOf(view, { cohort: YEAR, groupBy: ['SOURCE'] }),
    await leadFunnelOf(view, { cohort: YEAR, groupBy: [], knownOn: KNOWN_ON }),
  ],
  closings: async view => [
    await closingsOf(view, { closed: YEAR, per: 'QUARTER', groupBy: [] }),
    await closingsOf(view, { closed: YEAR, per: 'TOTAL', groupBy: ['REGION'], knownOn: KNOWN_ON }),
  ],
  stages: view => flowOf(view, { period: YEAR, pipeline: 'default', groupBy: [] } as Parameters<typeof flowOf>[1]),
};

/** Imports a history as any installation would, folds every record, and builds every read model of today from it. */
export async function replayed(file: string, projections = readModels): Promise<Replayed> {
  const store = await storeOf(file);
  foldAll(eventsOf(await all(store.readAll())));
  const { url, drop } = await testDatabase();
  const database = openDatabase(url);
  try {
    await prepare({ database, projections, timeZone: TIME_ZONE });
    for (const projection of projections)
      await rebuild({ store, database, projection, timeZone: TIME_ZONE, log: silent });
    return Object.fromEntries(await Promise.all(projections.map(async one => [one.name, await told(database, one)])));
  } finally {
    await database.close();
    await drop();
  }
}

export async function storeOf(file: string): Promise<MemoryEventStore> {
  const store = new MemoryEventStore(() => 0);
  await importEvents(store, file);
  return store;
}

async function told(database: Database, projection: Projection) {
  const answers = await questions[projection.name]?.(seeingAll(database.kysely));
  // As it is stored: without what is undefined.
  const outcome = JSON.parse(JSON.stringify({ digest: await digest(database, projection), answers })) as Outcome;
  return { version: projection.version, outcome };
}

/** @throws Error when a decider of today does not know an event of then. */
function foldAll(events: readonly RecordedEvent[]): void {
  const states = new Map<string, unknown>();
  for (const event of events) {
    const decider = aggregates.find(({ stream }) => event.stream.startsWith(`${stream}-`));
    if (decider) states.set(event.stream, fold(decider, states.get(event.stream) ?? decider.initial, [event]));
  }
}
