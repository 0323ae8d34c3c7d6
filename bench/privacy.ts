import { performance } from 'node:perf_hooks';
import { runDemo } from '#apps/demo/src/run-demo.js';
import { privacy } from '#crm/privacy.js';
import type { EventStore } from '#event-sourcing/event-store.js';
import { openPostgresStore } from '#event-store/postgres/postgres-event-store.js';
import { ChainedStore } from '#integrity/chained-store.js';
import { KeyTable } from '#privacy/key-table.js';
import { localMasterKey } from '#privacy/master-key.js';
import { PersonKeys } from '#privacy/person-keys.js';
import { PersonalStore } from '#privacy/personal-store.js';
import { openDatabase } from '#projections/database.js';
import { rebuildTogether } from '#projections/rebuild.js';
import { projections } from '#read-models/read-models.js';
import { contending } from './append/append.js';
import type { Finding } from './finding.js';
import { ratesOf, takingTurns } from './load.js';
import type { Surroundings } from './surroundings.js';

const CALLERS = 128;
const ROUNDS = 9;
const REBUILDS = 3;
/** Encryption may cost a fifth. */
const AT_LEAST = 0.8;
const TIME_ZONE = 'Asia/Shanghai';
const silent = { info: () => {}, warn: () => {}, error: () => {} };
const masters = () => [localMasterKey(Buffer.alloc(32, 1))] as const;

/** What it costs that personal data is encrypted: when it is appended, and when read models are rebuilt. */
export async function benchPrivacy({ freshDatabase, full }: Surroundings): Promise<Finding[]> {
  return [
    await appending(await freshDatabase(), full ? 3 : 1),
    await rebuilding(await freshDatabase(), await freshDatabase(), full ? 20_000 : 3_000),
  ];
}

const appender = (store: EventStore) =>
  contending({
    append: (stream, revision, event) =>
      store.append(stream, revision === 0 ? 'noStream' : BigInt(revision - 1), [event]),
    close: async () => undefined,
  });

async function appending(url: string, seconds: number): Promise<Finding> {
  const plain = new ChainedStore(await openPostgresStore(url));
  const table = await KeyTable.open(url);
  try {
    const encrypting = new PersonalStore(plain, new PersonKeys(table, masters), privacy);
    const contenders = [appender(encrypting), appender(plain)];
    const [ours, without] = await takingTurns(contenders, { callers: CALLERS, seconds }, ROUNDS);
    return {
      what: `append of personal data, ${CALLERS} callers`,
      configured: 'Every event is encrypted; every tenth is the first about its person, whose key is stored before it.',
      unit: 'per second',
      ...ratesOf(ours!),
      baselines: [
        { name: 'without encryption', configured: 'The same store.', ...ratesOf(without!), timesAtLeast: AT_LEAST },
      ],
    };
  } finally {
    await table.close();
    await plain.close();
  }
}

/** The simulated company's log, once encrypted and once not; all read models are rebuilt from both in turns. */
async function rebuilding(one: string, other: string, opportunities: number): Promise<Finding> {
  const [encrypting, without] = [await openLog(one, true), await openLog(other, false)];
  try {
    const rates: { readonly ours: number[]; readonly plain: number[] } = { ours: [], plain: [] };
    for (const { store } of [encrypting, without])
      await runDemo({ store, timeZone: TIME_ZONE, seed: 7, opportunities, until: Date.parse('2026-01-01T00:00:00Z') });
    for (let n = 0; n < REBUILDS; n++) {
      rates.ours.push(await rebuildRate(encrypting));
      rates.plain.push(await rebuildRate(without));
    }
    return {
      what: 'rebuild of all read models, from encrypted events',
      configured: `The demo company with ${opportunities} opportunities; each time by a process that has unwrapped no key yet.`,
      unit: 'per second',
      values: rates.ours,
      baselines: [
        {
          name: 'from events that are not encrypted',
          configured: 'The same history, recorded without encryption.',
          values: rates.plain,
          timesAtLeast: AT_LEAST,
        },
      ],
    };
  } finally {
    await encrypting.close();
    await without.close();
  }
}

interface Opened {
  readonly store: EventStore;
  /** A store that remembers no key. */
  fresh(): EventStore;
  readonly database: ReturnType<typeof openDatabase>;
  close(): Promise<void>;
}

async function openLog(url: string, encrypted: boolean): Promise<Opened> {
  const log = await openPostgresStore(url);
  const [table, database] = [await KeyTable.open(url), openDatabase(url)];
  const fresh = () => (encrypted ? new PersonalStore(log, new PersonKeys(table, masters), privacy) : log);
  const close = async () => {
    await database.close();
    await table.close();
    await log.close();
  };
  return { store: fresh(), fresh, database, close };
}

/** Events of the log per second. */
async function rebuildRate({ fresh, database }: Opened): Promise<number> {
  const store = fresh();
  const began = performance.now();
  const options = { store, database, projections, timeZone: TIME_ZONE, log: silent, force: true };
  await Promise.all(rebuildTogether(options));
  return Number(await store.head()) / ((performance.now() - began) / 1_000);
}
