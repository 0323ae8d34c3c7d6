import { performance } from 'node:perf_hooks';
import type { EventStore } from '#event-sourcing/event-store.js';
import type { Projection } from '#event-sourcing/projection.js';
import { openPostgresStore } from '#event-store/postgres/postgres-event-store.js';
import { type Database, openDatabase } from '#projections/database.js';
import { rebuildTogether } from '#projections/rebuild.js';
import type { Surroundings } from '../surroundings.js';
import { fill } from './log.js';

const TIME_ZONE = 'Asia/Shanghai';
export const REPETITIONS = 3;

/** A log of synthetic events, and the database of its read models. */
export interface Filled {
  readonly url: string;
  readonly store: EventStore;
  readonly database: Database;
  readonly events: number;
}

/** Fills a log in an empty database, for as long as the work takes. */
export async function onFilledLog<Result>(
  { freshDatabase, full }: Surroundings,
  work: (filled: Filled) => Promise<Result>,
): Promise<Result> {
  const url = await freshDatabase();
  const [store, database] = [await openPostgresStore(url), openDatabase(url)];
  const events = full ? 1_000_000 : 300_000;
  try {
    await fill((stream, batch) => store.append(stream, 'noStream', batch), events);
    return await work({ url, store, database, events });
  } finally {
    await database.close();
    await store.close();
  }
}

/** Until all are live; the rate is that of the first of them until its tables are complete. */
export async function rebuilds(
  { store, database }: Filled,
  together: readonly Projection[],
  repetitions = REPETITIONS,
) {
  const log = { info: () => undefined, warn: console.error, error: console.error };
  const [rates, seconds]: [number[], number[]] = [[], []];
  for (let repetition = 0; repetition < repetitions; repetition++) {
    const started = performance.now();
    const reports = await Promise.all(
      rebuildTogether({ store, database, projections: together, timeZone: TIME_ZONE, log, force: true }),
    );
    seconds.push((performance.now() - started) / 1_000);
    rates.push(reports[0]!.eventsPerSecond);
  }
  return { rates, seconds };
}
