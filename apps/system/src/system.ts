import type { Logger } from 'pino';
import { aggregates } from '#crm/aggregates.js';
import type { Executor } from '#crm/execution/executor.js';
import type { Fingerprint } from '#crm/execution/reservations.js';
import { defaultPipeline } from '#crm/pipeline/default-pipeline.js';
import { DefinePipeline } from '#crm/pipeline/pipeline.commands.js';
import type { Instant } from '#event-sourcing/event.js';
import type { EventStore } from '#event-sourcing/event-store.js';
import type { Config } from '#platform/config.js';
import { startEmbeddedPostgres } from '#platform/embedded-postgres/embedded-postgres.js';
import { openLogger } from '#platform/logger.js';
import { Metrics } from '#platform/metrics/metrics.js';
import type { Tracing } from '#platform/tracing/tracing.js';
import { type Database, openDatabase } from '#projections/database.js';
import { prepare } from '#projections/prepare.js';
import { requireSameLog } from '#projections/same-log.js';
import { AccessLog } from '#read-models/access-log/access-log.js';
import { createAccessLog } from '#read-models/access-log/access-log.schema.js';
import { projections } from '#read-models/read-models.js';
import { Reading } from '#read-models/shared/reading.js';
import { AppendWatch } from './append-watch.js';
import { MeasuredExecutor, measuredStore } from './measured.js';
import { type OpenedKeys, openKeys } from './open-keys.js';
import { openStore } from './open-log.js';
import { TracedExecutor, tracedStore, tracePages } from './traced.js';

/** Everything that a process of ours works with, opened and connected. */
export interface System {
  readonly config: Config;
  readonly log: Logger;
  readonly store: EventStore;
  /** The same log as it is stored: what is personal is encrypted there. */
  readonly stored: EventStore;
  readonly database: Database;
  readonly executor: Executor;
  readonly reading: Reading;
  readonly accessLog: AccessLog;
  readonly metrics: Metrics;
  readonly appends: AppendWatch;
  /** Where a collector is configured. */
  readonly tracing?: Tracing;
  readonly keys: OpenedKeys;
  /** Of executors on this log. */
  readonly fingerprint: Fingerprint;
  /** Closes what was opened, in reverse order; the embedded Postgres stops with its last user. */
  close(): Promise<void>;
}

/** The real time. Tests and the demo bring their own. */
export const systemClock = (): Instant => new Date().toISOString();

/** What has to be closed in the end, the last one first. */
class Opened {
  private readonly ends: (() => Promise<unknown>)[] = [];

  closing<What extends object>(what: What, end: (what: What) => Promise<unknown>): What {
    this.ends.push(() => end(what));
    return what;
  }

  async close(): Promise<void> {
    for (const end of this.ends.splice(0).reverse()) await end();
  }
}

/** Opens log and read models as configured, and starts (or adopts) the embedded Postgres if either of them lives there. */
export async function openSystem(config: Config): Promise<System> {
  const opened = new Opened();
  try {
    const log = openLogger(config);
    const { database, questions, urls } = await openDatabases(config, opened);
    const watching = await openWatching(config, log, opened);
    const keys = opened.closing(await openKeys(config, urls.readModels), keys => keys.close());
    const { store, stored } = await openEvents(urls.events, keys, watching, opened);
    await prepare({ database, projections, timeZone: config.businessTimezone });
    await requireSameLog(database, store);
    const executor = executorOn(store, keys, watching, config);
    if (watching.tracing) tracePages(database, watching.tracing);
    await executor.send(DefinePipeline, defaultPipeline, { actor: { id: 'system', role: 'system' } });
    // Once more: what was empty has its first event now, by which it is known.
    await requireSameLog(database, store);
    await createAccessLog(database.pool);
    const accessLog = opened.closing(new AccessLog(database, { days: config.accessLogDays, log }), log => log.close());
    const reading = new Reading(database, store, config.businessTimezone, systemClock, questions);
    const { fingerprint } = keys;
    const close = () => opened.close();
    return { config, store, stored, database, executor, reading, accessLog, keys, fingerprint, ...watching, close };
  } catch (error) {
    await opened.close();
    throw error;
  }
}

/** Two pools on the read models: what clients ask must neither take the projectors' connections nor run for as long as a build may. */
async function openDatabases({ databaseUrl, eventStoreUrl, protection, ...config }: Config, opened: Opened) {
  const embedded =
    databaseUrl && eventStoreUrl
      ? undefined
      : opened.closing(await startEmbeddedPostgres(config), postgres => postgres.stop());
  const urls = { readModels: databaseUrl ?? embedded!.url, events: eventStoreUrl ?? embedded!.url };
  const { statementTimeoutMs } = protection;
  const database = opened.closing(openDatabase(urls.readModels), database => database.close());
  const questions = opened.closing(openDatabase(urls.readModels, { statementTimeoutMs }), questions =>
    questions.close(),
  );
  return { database, questions, urls };
}

/** What notices how the process is doing. */
type Watching = Pick<System, 'log' | 'metrics' | 'appends' | 'tracing'>;

async function openWatching(config: Config, log: Logger, opened: Opened): Promise<Watching> {
  const tracing = await openTracing(config);
  if (tracing) opened.closing(tracing, tracing => tracing.close());
  const appends = opened.closing(new AppendWatch(log), async appends => appends.close());
  return { log, metrics: new Metrics(), tracing, appends };
}

async function openEvents(
  url: string,
  { keys }: OpenedKeys,
  { metrics, appends, tracing }: Watching,
  opened: Opened,
): Promise<Pick<System, 'store' | 'stored'>> {
  const onCommit = (count: number) => metrics.batchAppends.observe(count);
  const { store, stored } = await openStore(url, keys, { onCommit });
  const measured = opened.closing(measuredStore(store, metrics, appends), store => store.close());
  return { store: tracing ? tracedStore(measured, tracing) : measured, stored };
}

function executorOn(
  store: EventStore,
  { keys, fingerprint }: OpenedKeys,
  { metrics, log, tracing }: Watching,
  { businessTimezone: timeZone }: Config,
): Executor {
  const options = { store, aggregates, timeZone, clock: systemClock, fingerprint };
  const executor = tracing
    ? new TracedExecutor(tracing, options, metrics, log)
    : new MeasuredExecutor(options, metrics, log);
  keys.onErased(() => executor.forget());
  return executor;
}

/** Imported only where it is wanted: a process without a collector does not even load it. */
async function openTracing({ traces }: Config): Promise<Tracing | undefined> {
  if (!traces) return undefined;
  const { Tracing } = await import('#platform/tracing/tracing.js');
  return new Tracing(traces);
}
