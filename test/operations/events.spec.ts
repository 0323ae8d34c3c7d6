import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { exportEvents } from '#apps/cli/src/events/export.js';
import { importEvents } from '#apps/cli/src/events/import.js';
import { eventsCommand } from '#apps/cli/src/events.command.js';
import type { RecordedEvent } from '#event-sourcing/event.js';
import type { EventStore } from '#event-sourcing/event-store.js';
import { MemoryEventStore } from '#event-store/memory/memory-event-store.js';
import { openEventStore } from '#event-store/open-event-store.js';
import { startEventStoreDouble } from '#test/eventstoredb/event-store-double.js';
import { testDatabase } from '#test/support/postgres.js';
import { crm } from './crm.js';
import { anEvent } from './running.js';

let folder: string;
let file: string;
const opened: (() => Promise<unknown>)[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'chronicle-events-'));
  file = join(folder, 'log.jsonl.gz');
});
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
  rmSync(folder, { recursive: true, force: true });
});

async function postgres(): Promise<{ url: string; store: EventStore }> {
  const { url, drop } = await testDatabase();
  opened.push(drop);
  return { url, store: await connected(url) };
}

async function eventStoreDb(): Promise<{ url: string; store: EventStore }> {
  const double = await startEventStoreDouble();
  opened.push(() => double.close());
  return { url: double.url, store: await connected(double.url) };
}

async function connected(url: string): Promise<EventStore> {
  const store = await openEventStore(url);
  opened.push(() => store.close());
  return store;
}

/** Streams that grow in turns, with texts that a line-based format might stumble over. */
async function fill(store: EventStore): Promise<void> {
  for (let number = 0; number < 40; number++) {
    const stream = `lead-l${number % 3}`;
    const revision = Math.floor(number / 3);
    const name = `Wang\u2028Fang\n"${number}" 😀`;
    const event = anEvent(revision === 0 ? 'LeadCaptured' : 'LeadQualified', {
      name,
      nested: { z: 1, a: [null, 0.1] },
    });
    await store.append(stream, revision === 0 ? 'noStream' : BigInt(revision - 1), [event]);
  }
  await store.append('team-t1', 'noStream', [
    anEvent('TeamFounded', { name: 'A' }),
    anEvent('TeamRenamed', { name: 'B' }),
  ]);
}

async function contentOf(store: EventStore): Promise<Omit<RecordedEvent, 'position' | 'storedAt'>[]> {
  const found = [];
  for await (const { events } of store.readAll())
    found.push(...events.map(({ position: _, storedAt: __, ...content }) => content));
  return found;
}

describe('The log moves to another store', () => {
  it('from Postgres to EventStoreDB and back, event for event, with one digest everywhere', async () => {
    const [first, second, third] = [await postgres(), await eventStoreDb(), await postgres()];
    await fill(first.store);
    const exported = await exportEvents(first.store, file);
    const there = await importEvents(second.store, file);
    expect(there).toEqual({ file: exported, store: exported, found: 0, imported: 42 });
    const again = join(folder, 'again.jsonl.gz');
    expect(await exportEvents(second.store, again)).toEqual(exported);
    await importEvents(third.store, again);
    expect(await contentOf(third.store)).toEqual(await contentOf(first.store));
  });

  it('and goes on where an import was interrupted', async () => {
    const source = new MemoryEventStore();
    await fill(source);
    const exported = await exportEvents(source, file);
    const target = new MemoryEventStore();
    let appends = 0;
    const breaking: EventStore = Object.assign(Object.create(target), {
      append: (...args: Parameters<EventStore['append']>) => {
        if (++appends > 17) throw new Error('The connection is lost.');
        return target.append(...args);
      },
    });
    await expect(importEvents(breaking, file)).rejects.toThrow('The connection is lost.');
    expect(await importEvents(target, file)).toEqual({ file: exported, store: exported, found: 17, imported: 25 });
    expect(await importEvents(target, file)).toMatchObject({ found: 42, imported: 0 });
  });

  it('into Postgres in portions that keep the order of the file, also over an interruption', async () => {
    const source = new MemoryEventStore();
    for (let number = 0; number < 1_300; number++) {
      const revision = Math.floor(number / 7);
      const expected = revision === 0 ? 'noStream' : BigInt(revision - 1);
      await source.append(`lead-l${number % 7}`, expected, [anEvent('LeadQualified', { number })]);
    }
    const exported = await exportEvents(source, file);
    const { store } = await postgres();
    let portions = 0;
    const breaking: EventStore = Object.assign(Object.create(store), {
      appendTogether: async (appends: Parameters<NonNullable<EventStore['appendTogether']>>[0]) => {
        if (++portions > 2) throw new Error('The connection is lost.');
        await store.appendTogether!(appends);
      },
    });
    await expect(importEvents(breaking, file)).rejects.toThrow('The connection is lost.');
    expect(await store.head()).toBe(1_000n);
    expect(await importEvents(store, file)).toEqual({ file: exported, store: exported, found: 1_000, imported: 300 });
    const found = [];
    for await (const { events } of store.readAll())
      found.push(...events.map(({ position, data }) => [position, (data as { number: number }).number]));
    expect(found).toEqual(Array.from({ length: 1_300 }, (_, number) => [BigInt(number + 1), number]));
  });

  it('never into a store that holds something else', async () => {
    const source = new MemoryEventStore();
    await fill(source);
    await exportEvents(source, file);
    const other = new MemoryEventStore();
    await other.append('lead-l0', 'noStream', [anEvent('LeadCaptured', { name: 'Li Na' })]);
    await expect(importEvents(other, file)).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await contentOf(other)).toHaveLength(1);
  });

  it('never from a file that was cut off or altered', async () => {
    const source = new MemoryEventStore();
    await fill(source);
    await exportEvents(source, file);
    const whole = gunzipSync(readFileSync(file)).toString();
    const target = new MemoryEventStore();
    const refused = async (text: string) => {
      writeFileSync(file, gzipSync(text));
      await expect(importEvents(target, file)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    };
    await refused(whole.replace('"name":"A"', '"name":"C"'));
    await refused(whole.split('\n').slice(1).join('\n'));
    await refused(whole.split('\n').slice(0, -2).join('\n'));
    writeFileSync(file, gzipSync(whole));
    truncateSync(file, 300);
    await expect(importEvents(target, file)).rejects.toThrow();
    expect(await target.head()).toBe(0n);
  });

  it('never over a file that is there', async () => {
    writeFileSync(file, 'precious');
    await expect(exportEvents(new MemoryEventStore(), file)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    expect(readFileSync(file, 'utf8')).toBe('precious');
  });
});

/** Where a log is, and read models whose access log takes the trace of who read it. */
const on = (log: string, readModels = log) => ({ EVENT_STORE_URL: log, DATABASE_URL: readModels, DATA_DIR: folder });

describe('crm events', () => {
  it('exports and imports with digests that one can compare', async () => {
    const [from, to] = [await postgres(), await eventStoreDb()];
    await fill(from.store);
    const exported = await crm(eventsCommand, ['events', 'export', file], on(from.url));
    const imported = await crm(eventsCommand, ['events', 'import', file], on(to.url, from.url));
    const [digest] = /[0-9a-f]{64}/.exec(exported.out)!;
    expect(imported).toEqual({
      code: 0,
      out: expect.stringContaining(`file  sha256 ${digest}\nstore sha256 ${digest}\n`),
    });
  });

  it('counts events by type and streams by kind', async () => {
    const { url, store } = await postgres();
    expect((await crm(eventsCommand, ['events', 'stats'], on(url))).out).toBe('The log is empty.\n');
    await fill(store);
    const { out } = await crm(eventsCommand, ['events', 'stats'], on(url));
    expect(out).toMatch(/^42 events in 4 streams, recorded from .*Z to .*Z; head at 42\.$/m);
    expect(out).toMatch(/^LeadQualified +37 /m);
    expect(out).toMatch(/^lead +3 +40$/m);
  });

  it('shows what comes, live and filtered', async () => {
    const { url, store } = await postgres();
    await fill(store);
    const args = [
      'events',
      'tail',
      '--json',
      '--after',
      '0',
      '--type',
      'LeadCaptured',
      'LeadLost',
      '--stream',
      'lead-l',
      '--limit',
      '4',
    ];
    const shown = crm(eventsCommand, args, on(url));
    await store.append('team-t2', 'noStream', [anEvent('TeamFounded', { name: 'C' })]);
    await store.append('lead-l9', 'noStream', [anEvent('LeadLost', {})]);
    const events = (await shown).out
      .trim()
      .split('\n')
      .map(line => JSON.parse(line));
    expect(events.map(({ stream, position }) => [stream, position])).toEqual([
      ['lead-l0', '1'],
      ['lead-l1', '2'],
      ['lead-l2', '3'],
      ['lead-l9', '44'],
    ]);
  });
});
