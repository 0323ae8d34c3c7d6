import { collectDefaultMetrics, Gauge, type Registry } from 'prom-client';
import type { ProjectionsWatch } from '#apps/system/src/projections-watch.js';
import type { System } from '#apps/system/src/system.js';
import type { ProjectionStatus } from '#projections/status.js';
import type { AccessLog } from '#read-models/access-log/access-log.js';

/** Shown for a lag that is longer than the engine counts. */
const MANY = 10_001;

const OF_PROJECTIONS: readonly { name: string; help: string; value: (status: ProjectionStatus) => number }[] = [
  {
    name: 'lag_events',
    help: `Events of its types that it has not seen; ${MANY} stands for more than 10,000.`,
    value: ({ lagEvents }) => lagEvents ?? MANY,
  },
  {
    name: 'lag_seconds',
    help: 'Age of the oldest event that it has not seen.',
    value: ({ lagSeconds }) => lagSeconds,
  },
  {
    name: 'dead_letters',
    help: 'Events that could not be folded and wait.',
    value: ({ deadLetters }) => deadLetters,
  },
  {
    name: 'skipped_events',
    help: 'Events that were left out because somebody decided so.',
    value: ({ skipped }) => skipped,
  },
  {
    name: 'working',
    help: '1 while somebody keeps it up to date, 0 while it is stopped or failing. All are absent while log or read models cannot be reached.',
    value: ({ state }) => (state === 'live' || state === 'catchingUp' ? 1 : 0),
  },
];

/** What is not counted but looked at when somebody scrapes: the process, the pool, and how far the projections are. */
export function addGauges(
  registry: Registry,
  watch: ProjectionsWatch,
  { database: { pool }, appends }: Pick<System, 'database' | 'appends'>,
): void {
  collectDefaultMetrics({ register: registry });
  new Gauge({
    name: 'chronicle_pool_connections',
    help: 'Connections to the read models: total, idle, and callers that wait for one.',
    labelNames: ['state'],
    registers: [registry],
    collect() {
      this.set({ state: 'total' }, pool.totalCount);
      this.set({ state: 'idle' }, pool.idleCount);
      this.set({ state: 'waiting' }, pool.waitingCount);
    },
  });
  new Gauge({
    name: 'chronicle_append_oldest_seconds',
    help: 'How long the oldest append of this process has been waiting for the log; 0 without any.',
    registers: [registry],
    collect() {
      this.set(appends.oldestSeconds);
    },
  });
  const known = async () => (await watch.status().catch(() => undefined)) ?? [];
  for (const { name, help, value } of OF_PROJECTIONS)
    new Gauge({
      name: `chronicle_projection_${name}`,
      help,
      labelNames: ['projection', 'kind'],
      registers: [registry],
      async collect() {
        const projections = await known();
        // A projection that is gone, or cannot be asked about, must not be shown for ever as it was last.
        this.reset();
        for (const status of projections) this.set({ projection: status.name, kind: status.kind }, value(status));
      },
    });
}

/** What of the access log this process still has to write. */
export function addAccessLogGauge(registry: Registry, accessLog: AccessLog): void {
  new Gauge({
    name: 'chronicle_access_log_waiting',
    help: 'Entries of the access log that this process has not written yet.',
    registers: [registry],
    collect() {
      this.set(accessLog.backlog);
    },
  });
}
