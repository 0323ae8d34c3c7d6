import { afterEach, expect, it } from '@jest/globals';
import { newEvent } from '#event-store/contract/new-event.js';
import { openPostgresStore } from '#event-store/postgres/postgres-event-store.js';
import { testDatabase } from '#test/support/postgres.js';
import { type ApiProcess, startApi } from './api-process.js';
import { sideBySide } from './crm-on.js';
import { Load, type Request } from './load.js';
import { until } from './read-models.js';
import { Chance, PATIENCE_MS, report, thorough } from './trials.js';

const EVENTS = thorough ? 100_000 : 20_000;
/** Long, so that what is kept in memory shows: 20,000 events are 60 MB. */
const BYTES_PER_EVENT = 3_000;
const PER_SECOND = 40;
const REQUESTS = thorough ? 2_000 : 100;
/** Three pages of 2,000 events are on their way, each 6 MB, and folding takes some more. */
const BOUND_MB = 35;
/** The promise is flat; a machine that does something else as well makes single answers late. */
const FLAT = { factor: 5, ms: 150 };

let api: ApiProcess | undefined;
afterEach(() => api?.child.kill());

it(
  'A projector that is a hundred times slower makes neither the memory of the API grow nor its commands late',
  async () => {
    const chance = new Chance();
    const database = await testDatabase();
    api = await startApi(database.url, 'slow');
    await until(async () => (await api!.lag()) === 0);
    const before = p99(await requestsTo(api));
    const { growthMb, rssMb, waiting } = await fallBehind(api, database.url);
    const behind = p99(await requestsTo(api));
    report('back-pressure', chance, {
      events: EVENTS,
      waiting,
      growthMb,
      rssMb,
      p99BeforeMs: before,
      p99BehindMs: behind,
    });
    expect(waiting).toBeGreaterThan(10_000);
    expect(growthMb).toBeLessThan(BOUND_MB);
    expect(behind).toBeLessThan(before * FLAT.factor + FLAT.ms);
    await api.child.kill();
    await database.drop();
  },
  PATIENCE_MS,
);

it(
  'Control: a projector that reads ahead without bound keeps all of it in memory',
  async () => {
    const database = await testDatabase();
    api = await startApi(database.url, 'greedy');
    await until(async () => (await api!.lag()) === 0);
    expect((await fallBehind(api, database.url)).growthMb).toBeGreaterThan(BOUND_MB);
    await api.child.kill();
    await database.drop();
  },
  PATIENCE_MS,
);

async function requestsTo(api: ApiProcess): Promise<Request[]> {
  const load = new Load(api, PER_SECOND);
  await load.answered(REQUESTS);
  return load.end();
}

/** Makes its projector slow and appends many events; by how much what the process keeps has grown, and how many events it has not seen. */
async function fallBehind(api: ApiProcess, url: string) {
  const before = await memory(api);
  const store = await openPostgresStore(url);
  const note = 'x'.repeat(BYTES_PER_EVENT);
  await sideBySide(EVENTS / 100, 4, n =>
    Promise.all(
      Array.from({ length: 100 }, (_, m) => {
        const leadId = `bulk-${n}-${m}`;
        return store.append(`lead-${leadId}`, 'noStream', [newEvent('LeadCaptured', { leadId, name: note })]);
      }),
    ),
  );
  await store.close();
  const after = await memory(api);
  const waiting = (await api.lag()) ?? 10_001;
  const mb = (bytes: number) => Math.round(bytes / 1_000_000);
  return { growthMb: mb(after.heapUsed - before.heapUsed), rssMb: mb(after.rss), waiting };
}

/** What the process keeps, in bytes. Its projector is slow from then on. */
async function memory({ child }: ApiProcess): Promise<{ heapUsed: number; rss: number }> {
  child.process.kill('SIGUSR2');
  for (;;) {
    const line = await child.line();
    if (line.startsWith('{')) return JSON.parse(line);
  }
}

function p99(requests: readonly Request[]): number {
  const sorted = requests.map(({ milliseconds }) => milliseconds).sort((one, other) => one - other);
  return Math.round(sorted[Math.floor(sorted.length * 0.99)]!);
}
