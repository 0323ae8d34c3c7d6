import { isDeepStrictEqual } from 'node:util';
import { CaptureLead } from '#crm/lead/lead.commands.js';
import { OpenOpportunity } from '#crm/opportunity/opportunity.commands.js';
import { defaultPipeline } from '#crm/pipeline/default-pipeline.js';
import { DefinePipeline } from '#crm/pipeline/pipeline.commands.js';
import type { RecordedEvent } from '#event-sourcing/event.js';
import type { EventStore } from '#event-sourcing/event-store.js';
import { all, eventsOf, followUntil } from '#event-store/contract/opened-store.js';
import { openPostgresStore } from '#event-store/postgres/postgres-event-store.js';
import { openDatabase } from '#projections/database.js';
import { type Digest, digest } from '#projections/digest.js';
import { prepare } from '#projections/prepare.js';
import { runProjections } from '#projections/projector.js';
import { waitForPosition } from '#projections/wait.js';
import { directory } from '#read-models/directory/directory.projection.js';
import { funnel } from '#read-models/funnel/funnel.projection.js';
import { history } from '#read-models/history/history.projection.js';
import { testDatabase } from '#test/support/postgres.js';
import { crmOn } from './crm-on.js';

const timeZone = 'Asia/Shanghai';
const silent = { info: () => {}, warn: () => {}, error: () => {} };
/** One of each kind: rows, totals with their changes, and lines. */
const projections = [directory, funnel, history];

/** Sales of a moment, the same in every log: leads, and opportunities that are opened. */
export async function sell(store: EventStore, count: number): Promise<void> {
  const { send } = crmOn(store);
  await send(DefinePipeline, defaultPipeline);
  const moments = Array.from({ length: count }, (_, n) => n);
  await Promise.all(moments.map(n => (n % 2 ? send(OpenOpportunity, {}) : send(CaptureLead, { name: `线索 ${n}` }))));
}

/** Brings the read models in a database up to the head of the log, from wherever their checkpoints stand; what they then hold. */
export async function projected(url: string, store: EventStore): Promise<Digest[]> {
  const database = openDatabase(url);
  const stop = new AbortController();
  await prepare({ database, projections, timeZone });
  const running = runProjections({ store, database, projections, timeZone, signal: stop.signal, log: silent });
  const names = projections.map(({ name }) => name);
  await waitForPosition(database, names, await store.head(), 60_000);
  stop.abort();
  await running;
  const digests = await Promise.all(projections.map(projection => digest(database, projection)));
  await database.close();
  return digests;
}

export const logOf = async (store: EventStore): Promise<RecordedEvent[]> => eventsOf(await all(store.readAll()));

/** What is wrong with a restored log and its read models; all 0 when nothing is. */
export interface Defects {
  /** Events that are not as they were, in their place. */
  readonly wrongEvents: number;
  /** Positions below the head at which nothing stands: a follower that expects every position would wait for ever. */
  readonly holes: number;
  /** New events that a follower did not get who goes on where it was before the restore. */
  readonly undelivered: number;
  /** Read models that differ from the same log projected from its beginning. */
  readonly wrongReadModels: number;
}

/** Looks at a restored database, and goes on selling in it. `expected` is the log as it was. */
export async function examine(url: string, expected: readonly RecordedEvent[]): Promise<Defects> {
  const store = await openPostgresStore(url);
  try {
    const restored = await logOf(store);
    const wrongEvents = expected.filter((event, at) => !isDeepStrictEqual(event, restored[at])).length;
    const before = await store.head();
    await sell(store, 20);
    const head = await store.head();
    const delivered = eventsOf(await followUntil(store, { after: before }, (_, { upTo }) => upTo >= head));
    const log = await logOf(store);
    return {
      wrongEvents: wrongEvents + Math.abs(restored.length - expected.length),
      holes: Number(head) - log.length,
      undelivered: log.length - restored.length - delivered.length,
      wrongReadModels: await wrongReadModels(url, store),
    };
  } finally {
    await store.close();
  }
}

async function wrongReadModels(url: string, store: EventStore): Promise<number> {
  const anew = await testDatabase();
  const [continued, rebuilt] = [await projected(url, store), await projected(anew.url, store)];
  await anew.drop();
  return continued.filter((digest, n) => !isDeepStrictEqual(digest, rebuilt[n])).length;
}
