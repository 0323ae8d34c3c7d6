import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from '@jest/globals';
import { project } from '#apps/system/src/projecting.js';
import { openSystem, type System } from '#apps/system/src/system.js';
import type { Receipt } from '#crm/execution/executor.js';
import type { EventStore } from '#event-sourcing/event-store.js';
import { openEventStore } from '#event-store/open-event-store.js';
import { configFrom } from '#platform/config.js';
import type { Envelope } from '#platform/graphql/command.js';
import { startEventStoreDouble } from '#test/eventstoredb/event-store-double.js';
import { testDatabase } from '#test/support/postgres.js';

/** Sends a command as an administrator. */
export type Send = <Command extends Envelope>(type: new () => Command, input: object) => Promise<Receipt>;

const actor = { id: 'tester', role: 'administrator' };

/** Several logs and databases for each test of a file, one set of keys and one folder; all end with the test. */
export function stores() {
  let folder: string;
  let keys: string;
  const opened: (() => Promise<unknown>)[] = [];

  const database = async (): Promise<string> => {
    const { url, drop } = await testDatabase();
    opened.push(drop);
    return url;
  };
  const eventStoreDb = async (): Promise<string> => {
    const double = await startEventStoreDouble();
    opened.push(() => double.close());
    return double.url;
  };
  const connected = async (url: string): Promise<EventStore> => {
    const store = await openEventStore(url);
    opened.push(() => store.close());
    return store;
  };
  const environment = (log: string, readModels: string) => ({
    EVENT_STORE_URL: log,
    DATABASE_URL: readModels,
    // They go neither with the log nor with the read models: a log without the keys of its persons is refused.
    KEYS_DATABASE_URL: keys,
    DATA_DIR: folder,
  });
  /** Runs the product on a log and read models, and closes it. */
  const running = async <T>(
    log: string,
    readModels: string,
    use: (system: System, send: Send) => Promise<T>,
  ): Promise<T> => {
    const system = await openSystem(configFrom({ ...environment(log, readModels), LOG_LEVEL: 'silent' }));
    const stop = new AbortController();
    const projecting = project(system, stop.signal);
    try {
      return await use(system, (type, input) => system.executor.send(type, input, { actor }));
    } finally {
      stop.abort();
      await projecting;
      await system.close();
    }
  };

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'chronicle-stores-'));
    keys = await database();
  });
  afterEach(async () => {
    for (const close of opened.splice(0).reverse()) await close();
    rmSync(folder, { recursive: true, force: true });
  });
  return { inFolder: (name: string) => join(folder, name), database, eventStoreDb, connected, environment, running };
}
