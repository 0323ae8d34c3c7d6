import { type Logger, pino } from 'pino';
import { aggregates } from '#crm/aggregates.js';
import type { Executor } from '#crm/execution/executor.js';
import type { Fingerprint } from '#crm/execution/reservations.js';
import { defaultPipeline } from '#crm/pipeline/default-pipeline.js';
import { DefinePipeline } from '#crm/pipeline/pipeline.commands.js';
import type { Instant } from '#event-sourcing/event.js';
import type { EventStore } from '#event-sourcing/event-store.js';
import type { Config } from '#platform/config.js';
import { correlationId } from '#platform/correlation.js';
import { startEmbeddedPostgres } from '#platform/embedded-postgres/embedded-postgres.js';
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

/** Opens log and read models as configured, and starts (or adopts) the embedded Postgres if either of them lives there. */
export async function openSystem(config: Config): Promise<System> {
  const log = openLogger(config);
  const opened: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const end of opened.splice(0).reverse()) await end();
  };
  try {
    const embedded = config.databaseUrl && config.eventStoreUrl ? undefined : await startEmbeddedPostgres(config);
    if (embedded) opened.push(embedded.stop);
    const database = openDatabase(config.databaseUrl ?? embedded!.url);
    opened.push(database.close);
    // What clients ask must neither take the projectors' connections nor run for as long as a build may.
    const { statementTimeoutMs } = config.protection;
    const questions = openDatabase(config.databaseUrl ?? embedded!.url, { statementTimeoutMs });
    opened.push(questions.close);
    const metrics = new Metrics();
    const tracing = await openTracing(config);
    if (tracing) opened.push(() => tracing.close());
    const appends = new AppendWatch(log);
    const keys = await openKeys(config, config.databaseUrl ?? embedded!.url);
    opened.push(keys.close);
    const { fingerprint } = keys;
    const onCommit = (count: number) => metrics.batchAppends.observe(count);
    const events = await openStore(config.eventStoreUrl ?? embedded!.url, keys.keys, { onCommit });
    const measured = measuredStore(events.store, metrics, appends);
    const store = tracing ? tracedStore(measured, tracing) : measured;
    opened.push(async () => {
      await store.close();
      appends.close();
    });
    await prepare({ database, projections, timeZone: config.businessTimezone });
    await requireSameLog(database, store);
    const options = { store, aggregates, timeZone: config.businessTimezone, clock: systemClock, fingerprint };
    const executor = tracing
      ? new TracedExecutor(tracing, options, metrics, log)
      : new MeasuredExecutor(options, metrics, log);
    keys.keys.onErased(() => executor.forget());
    if (tracing) tracePages(database, tracing);
    await executor.send(DefinePipeline, defaultPipeline, { actor: { id: 'system', role: 'system' } });
    // Once more: what was empty has its first event now, by which it is known.
    await requireSameLog(database, store);
    await createAccessLog(database.pool);
    const accessLog = new AccessLog(database, { days: config.accessLogDays, log });
    opened.push(() => accessLog.close());
    const reading = new Reading(database, store, config.businessTimezone, systemClock, questions);
    const { stored } = events;
    return {
      config,
      log,
      store,
      stored,
      database,
      executor,
      reading,
      accessLog,
      metrics,
      appends,
      keys,
      fingerprint,
      tracing,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** JSON lines on standard error; those of a conversation carry its id. */
function openLogger({ logLevel: level }: Config): Logger {
  const mixin = () => {
    const id = correlationId();
    return id === undefined ? {} : { correlationId: id };
  };
  const standardError = pino.destination({ dest: 2, sync: true });
  // JSON leaves these as they are, and some readers end a line at them, or a terminal obeys them.
  const write = (line: string) => standardError.write(line.replaceAll(/[\u007f-\u009f\u2028\u2029]/g, escaped));
  return pino({ level, base: undefined, mixin }, { write });
}

const escaped = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** Imported only where it is wanted: a process without a collector does not even load it. */
async function openTracing({ traces }: Config): Promise<Tracing | undefined> {
  if (!traces) return undefined;
  const { Tracing } = await import('#platform/tracing/tracing.js');
  return new Tracing(traces);
}
