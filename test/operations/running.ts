import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ApiOptions } from '#apps/api/src/api.module.js';
import { type Listening, listen } from '#apps/api/src/listen.js';
import { project } from '#apps/system/src/projecting.js';
import { openSystem, type System } from '#apps/system/src/system.js';
import type { NewEvent } from '#event-sourcing/event.js';
import { configFrom } from '#platform/config.js';
import { type TestDatabase, testDatabase } from '#test/support/postgres.js';
import { UNLIMITED } from '#test/support/unlimited.js';

/** An API whose projector, log and database a test may stop one by one. */
export interface Running {
  readonly system: System;
  readonly database: TestDatabase;
  readonly dataDir: string;
  readonly api: Listening;
  /** `http://127.0.0.1:1234` */
  readonly origin: string;
  /** `Bearer …` of the administrator, with which `query` asks. */
  readonly authorization: string;
  get(path: string): Promise<{ status: number; body: string }>;
  query(document: string): Promise<{ data?: Record<string, unknown>; errors?: { message: string }[] }>;
  /** Starts a projector; answers how to stop it. */
  project(): () => Promise<void>;
  close(): Promise<void>;
}

export async function running(
  options: ApiOptions = {},
  configured: Readonly<Record<string, string>> = {},
): Promise<Running> {
  const database = await testDatabase();
  const dataDir = mkdtempSync(join(tmpdir(), 'chronicle-'));
  const environment = {
    DATABASE_URL: database.url,
    EVENT_STORE_URL: database.url,
    DATA_DIR: dataDir,
    PORT: '0',
    ...UNLIMITED,
    LOG_LEVEL: 'silent',
    ...configured,
  };
  const system = await openSystem(configFrom(environment));
  const api = await listen(system, options);
  const origin = new URL(api.url).origin;
  const authorization = `Bearer ${api.token}`;
  const stops: (() => Promise<void>)[] = [];
  return {
    system,
    database,
    dataDir,
    api,
    origin,
    authorization,
    get: async path => {
      const answer = await fetch(`${origin}${path}`);
      return { status: answer.status, body: await answer.text() };
    },
    query: async document => {
      const headers = { 'content-type': 'application/json', authorization };
      const answer = await fetch(api.url, { method: 'POST', headers, body: JSON.stringify({ query: document }) });
      return (await answer.json()) as { data?: Record<string, unknown>; errors?: { message: string }[] };
    },
    project: () => {
      const stopping = new AbortController();
      const projecting = project(system, stopping.signal);
      const stop = async () => {
        stopping.abort();
        await projecting;
      };
      stops.push(stop);
      return stop;
    },
    close: async () => {
      for (const stop of stops) await stop();
      await api.close();
      await system.close();
      await database.drop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** An event as the command path would append it. */
export function anEvent(type: string, data: unknown, recordedAt = new Date().toISOString()): NewEvent {
  return {
    id: randomUUID(),
    type,
    data,
    recordedAt,
    metadata: {
      $correlationId: 'test',
      $causationId: 'test',
      actor: { id: 'tester', role: 'administrator' },
      occurredAt: recordedAt,
      schemaVersion: 1,
    },
  };
}

/** Asks again until the answer is right. @throws Error with the last answer after 50 seconds: policies of a busy machine take their time. */
export async function eventually<T>(ask: () => Promise<T>, right: (answer: T) => boolean): Promise<T> {
  const end = performance.now() + 50_000;
  for (;;) {
    const answer = await ask();
    if (right(answer)) return answer;
    if (performance.now() > end) throw new Error(`Still ${JSON.stringify(answer)}`);
    await new Promise(resolve => setTimeout(resolve, 50));
  }
}
