import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { OperationsResolver } from '#apps/api/src/operations/operations.resolver.js';
import { ALLOW } from '#platform/access/allow.js';
import { waitForPosition } from '#projections/wait.js';
import { leadFunnel } from '#read-models/lead-funnel/lead-funnel.projection.js';
import { projections } from '#read-models/read-models.js';
import { anEvent, eventually, type Running, running } from './running.js';

const names = projections.map(({ name }) => name);
const { version } = leadFunnel;

let api: Running;
beforeAll(async () => {
  api = await running();
  api.project();
  for (const leadId of ['l1', 'l2'])
    await ask(
      `mutation { captureLead(input: { leadId: "${leadId}", name: "Lead ${leadId}", source: "website" }) { id } }`,
    );
  await caughtUp();
}, 60_000);
afterAll(() => api?.close());

interface Asked {
  readonly data?: Record<string, never>;
  readonly errors?: readonly { message: string; extensions: { code: string; field?: string } }[];
}

async function ask<T = Record<string, never>>(query: string): Promise<T> {
  const { data, errors } = await answerTo(query);
  if (errors) throw new Error(JSON.stringify(errors));
  return data as T;
}

async function answerTo(query: string): Promise<Asked> {
  return (await api.query(query)) as Asked;
}

const codeOf = async (query: string) => (await answerTo(query)).errors?.[0]?.extensions.code;

async function caughtUp(): Promise<void> {
  const { database, store } = api.system;
  await waitForPosition(database, names, await store.head(), 30_000);
}

interface Status {
  readonly name: string;
  readonly deadLetters: number;
  readonly skipped: number;
  readonly building: { part: number } | null;
  readonly candidate: { version: number; ready: boolean; lastError: string | null } | null;
  readonly previousVersion: number | null;
}

const FIELDS = 'name deadLetters skipped building { part } candidate { version ready lastError } previousVersion';

const statusOf = async (name: string): Promise<Status> =>
  (await ask<{ projections: Status[] }>(`{ projections { ${FIELDS} } }`)).projections.find(one => one.name === name)!;

const rebuilt = (name: string) =>
  eventually(
    () => statusOf(name),
    ({ building, candidate, previousVersion }) => !building && (candidate !== null || previousVersion !== null),
  );

describe('A rebuild over GraphQL', () => {
  it('goes on after the answer, and leaves the new tables for a comparison where that is asked for', async () => {
    await api.system.database.pool.query(`update lead_funnel.prospects set source = 'fair'`);
    const started = await ask<{ rebuildProjection: Status }>(
      `mutation { rebuildProjection(name: "leadFunnel", swap: false) { ${FIELDS} } }`,
    );
    expect(started.rebuildProjection).toMatchObject({ name: 'leadFunnel', previousVersion: null });
    expect((await rebuilt('leadFunnel')).candidate).toEqual({ version, ready: true, lastError: null });

    const { projectionDiff } = await ask<{ projectionDiff: { tables: object[]; waits: boolean } }>(
      '{ projectionDiff(name: "leadFunnel", examples: 1) { waits liveVersion candidateVersion tables { table changed onlyLive onlyCandidate examples { key live candidate } } } }',
    );
    expect(projectionDiff).toMatchObject({ waits: true, liveVersion: version, candidateVersion: version });
    expect(projectionDiff.tables).toEqual([
      {
        table: 'prospects',
        changed: 2,
        onlyLive: 0,
        onlyCandidate: 0,
        examples: [
          {
            key: { opportunityId: 'l1-opportunity' },
            live: { source: 'fair' },
            candidate: { source: 'website' },
          },
        ],
      },
    ]);
  });

  it('is swapped there and back', async () => {
    const sources = async () =>
      (await api.system.database.pool.query('select distinct source from lead_funnel.prospects')).rows[0].source;
    const swapped = await ask<{ swapProjection: Status }>(
      `mutation { swapProjection(name: "leadFunnel") { ${FIELDS} } }`,
    );
    expect(swapped.swapProjection).toMatchObject({ candidate: null, previousVersion: version });
    expect(await sources()).toBe('website');
    await ask('mutation { swapProjection(name: "leadFunnel", back: true) { name } }');
    expect(await sources()).toBe('fair');
    await ask('mutation { swapProjection(name: "leadFunnel", back: true) { name } }');
    expect(await codeOf('mutation { swapProjection(name: "leadFunnel") { name } }')).toBe('NOT_FOUND');
    expect(await codeOf('mutation { swapProjection(name: "stages", back: true) { name } }')).toBe('NOT_FOUND');
  });

  it('is refused for what does not exist', async () => {
    const [error] = (await answerTo('mutation { rebuildProjection(name: "leads") { name } }')).errors!;
    expect(error?.extensions).toMatchObject({ code: 'NOT_FOUND', field: 'name', allowed: names });
    expect(await codeOf('{ projectionDiff(name: "stages") { name } }')).toBe('NOT_FOUND');
    expect(await codeOf('{ projectionDiff(name: "leadFunnel", examples: 101) { name } }')).toBe('BAD_USER_INPUT');
  });
});

describe('A rebuild that is under way', () => {
  it('says how far it is before anything of it is written, and is not begun twice', async () => {
    const { store } = api.system;
    const [pages, head] = [store.readAll.bind(store), await store.head()];
    let goOn = () => {};
    const held = new Promise<void>(resolve => {
      goOn = resolve;
    });
    store.readAll = async function* (options) {
      if (!options?.types || options.after !== undefined) return yield* pages(options);
      for await (const page of pages({ ...options, pageSize: 1 })) {
        yield page;
        if (page.upTo >= head - 1n) await held;
      }
    };
    try {
      const start = 'mutation { rebuildProjection(name: "directory", swap: false) { name } }';
      const both = await Promise.all([codeOf(start), codeOf(start)]);
      expect(both.sort()).toEqual(['CONFLICT', undefined]);
      const under = await eventually(
        () => statusOf('directory'),
        ({ building }) => (building?.part ?? 0) > 0,
      );
      expect(under.building?.part).toBeLessThanOrEqual(1);
    } finally {
      store.readAll = pages;
      goOn();
    }
    await rebuilt('directory');
  });
});

describe('Dead letters over GraphQL', () => {
  it.each(['deadLetters', 'skippedEvents'])(
    'are not said to be none (%s) of a read model that is not there',
    async query => {
      expect(await codeOf(`{ ${query}(name: "nosuch") { key } }`)).toBe('NOT_FOUND');
      expect(await ask(`{ ${query}(name: null) { key } }`)).toEqual({ [query]: [] });
    },
  );

  it('are listed with their events, retried, and skipped by somebody for a reason', async () => {
    const poison = anEvent('LeadCaptured', { leadId: 'l9', name: { no: 'name' }, source: 'website' });
    await api.system.store.append('lead-l9', 'noStream', [poison]);
    await caughtUp();
    const { deadLetters } = await ask<{ deadLetters: object[] }>(
      '{ deadLetters(name: "directory") { table key type error event { eventId data } } }',
    );
    expect(deadLetters).toEqual([
      {
        table: 'leads',
        key: 'l9',
        type: 'LeadCaptured',
        error: expect.any(String),
        event: { eventId: poison.id, data: poison.data },
      },
    ]);
    expect(
      await ask('mutation { retryDeadLetter(name: "directory", table: "leads", key: "l9") { replayed left } }'),
    ).toEqual({ retryDeadLetter: { replayed: 0, left: 1 } });
    expect(await codeOf('mutation { retryDeadLetter(name: "directory", key: "l9") { left } }')).toBe('BAD_USER_INPUT');

    const skip = (reason: string) =>
      `mutation { skipDeadLetter(name: "directory", table: "leads", key: "l9", reason: "${reason}") { type replayed left } }`;
    expect(await codeOf(skip(' '))).toBe('BAD_USER_INPUT');
    expect(await ask(skip('typed by a robot'))).toEqual({
      skipDeadLetter: { type: 'LeadCaptured', replayed: 0, left: 0 },
    });
    expect(await ask('{ skippedEvents { projection key reason skippedBy } }')).toEqual({
      skippedEvents: [{ projection: 'directory', key: 'l9', reason: 'typed by a robot', skippedBy: 'admin@localhost' }],
    });
    expect(await statusOf('directory')).toMatchObject({ deadLetters: 0, skipped: 1 });
    expect(await codeOf(skip('again'))).toBe('NOT_FOUND');
  });
});

describe('The operations', () => {
  it('name the permission that each of them needs', () => {
    const { prototype } = OperationsResolver as unknown as { prototype: Record<string, object> };
    const operations = {
      rebuildProjection: 'projections.operate',
      swapProjection: 'projections.operate',
      projectionDiff: 'projections.inspect',
      deadLetters: 'projections.inspect',
      skippedEvents: 'projections.inspect',
      retryDeadLetter: 'projections.operate',
      skipDeadLetter: 'projections.operate',
    };
    for (const [operation, permission] of Object.entries(operations))
      expect([operation, Reflect.getMetadata(ALLOW, prototype[operation]!)]).toEqual([operation, permission]);
  });

  it('end with the process: a rebuild that is under way is broken off', async () => {
    const other = await running();
    const pages = other.system.store.readAll.bind(other.system.store);
    other.system.store.readAll = async function* (options) {
      for await (const page of pages(options)) {
        if (options?.signal) await sleep(60_000, undefined, { signal: options.signal }).catch(() => undefined);
        yield page;
      }
    };
    await other.query('mutation { rebuildProjection(name: "directory") { name } }');
    const began = performance.now();
    await other.close();
    expect(performance.now() - began).toBeLessThan(20_000);
  });
});
