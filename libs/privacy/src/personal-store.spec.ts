import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { NewEvent, RecordedEvent } from '#event-sourcing/event.js';
import type { EventStore } from '#event-sourcing/event-store.js';
import { ERASED } from '#event-sourcing/privacy.js';
import { eventStoreContract } from '#event-store/contract/event-store.contract.js';
import { newEvent } from '#event-store/contract/new-event.js';
import { MemoryEventStore } from '#event-store/memory/memory-event-store.js';
import { PersonKeys } from './person-keys.js';
import { PersonalStore } from './personal-store.js';
import { testKeys } from './testing/keys.js';

const privacy = {
  Met: { about: ['customerId'], personal: ['name', 'note'] },
  Counted: { about: 'nobody' },
} as const;

let opened: Awaited<ReturnType<typeof testKeys>>;
beforeAll(async () => {
  opened = await testKeys();
});
afterAll(() => opened?.close());

const met = (customerId: string, data: object = {}, overrides: Partial<NewEvent> = {}) =>
  newEvent('Met', { customerId, name: '李娜', age: 41, ...data }, overrides);
const withReason = (event: NewEvent, reason: string) => ({ ...event, metadata: { ...event.metadata, reason } });

async function onlyEvent(store: EventStore, stream: string): Promise<RecordedEvent> {
  for await (const event of store.readStream(stream)) return event;
  throw new Error(`${stream} is empty.`);
}

eventStoreContract(
  'a store that encrypts what is personal',
  async () => {
    const { keys, close } = await testKeys();
    const store = new PersonalStore(new MemoryEventStore(), keys, privacy);
    return { store, close };
  },
  { cuttable: false },
);

describe('Personal data', () => {
  it('is unreadable where it is stored, and read as it was written', async () => {
    const stored = new MemoryEventStore();
    const store = new PersonalStore(stored, opened.keys, privacy);
    const event = withReason(met('c1', { note: 'prefers calls after six' }), 'asked for by 李娜');
    await store.append('customer-c1', 'noStream', [event, newEvent('Counted', { n: 1 })]);
    const raw = await onlyEvent(stored, 'customer-c1');
    expect(JSON.stringify([raw.data, raw.metadata])).not.toMatch(/李娜|calls/);
    expect(raw.data).toEqual({
      customerId: 'c1',
      age: 41,
      $personal: { v: 1, s: 'customer:c1', f: ['name', 'note', 'metadata.reason'], c: expect.any(String) },
    });
    const { data, metadata } = await onlyEvent(store, 'customer-c1');
    expect({ data, metadata }).toEqual({ data: event.data, metadata: event.metadata });
    for await (const { events } of new PersonalStore(stored, opened.elsewhere(), privacy).readAll())
      expect(events.map(({ data }) => data)).toEqual([event.data, { n: 1 }]);
  });

  it('is stored the same way when an append is repeated, and another way for another text or person', async () => {
    const stored = new MemoryEventStore();
    const [one, another] = [opened.keys, opened.elsewhere()].map(keys => new PersonalStore(stored, keys, privacy));
    const event = met('c2');
    const first = await one!.append('s1', 'noStream', [event]);
    expect({ ...(await another!.append('s1', 'noStream', [event])) }).toEqual({ ...first });
    await one!.append('s2', 'noStream', [event]);
    await one!.append('s3', 'noStream', [met('c2', { name: '李敏' }, { id: event.id })]);
    const [c1, c2, c3] = await Promise.all(
      ['s1', 's2', 's3'].map(async stream => {
        const { data } = await onlyEvent(stored, stream);
        return Buffer.from((data as { $personal: { c: string } }).$personal.c, 'base64')
          .subarray(0, 12)
          .toString('hex');
      }),
    );
    expect(c2).toBe(c1);
    expect(c3).not.toBe(c1);
  });

  it('cannot be moved to another event or person', async () => {
    const stored = new MemoryEventStore();
    const store = new PersonalStore(stored, opened.keys, privacy);
    await store.append('s4', 'noStream', [met('c3')]);
    const { data } = await onlyEvent(stored, 's4');
    await stored.append('s5', 'noStream', [newEvent('Met', data)]);
    await expect(onlyEvent(store, 's5')).rejects.toThrow();
  });

  it('that does not open keeps nobody from reading the rest of the log', async () => {
    const stored = new MemoryEventStore();
    const store = new PersonalStore(stored, opened.keys, privacy);
    await store.append('s10', 'noStream', [met('c10')]);
    const { data } = await onlyEvent(stored, 's10');
    await stored.append('s11', 'noStream', [newEvent('Met', data)]);
    await store.append('s12', 'noStream', [met('c10')]);
    const read: RecordedEvent[] = [];
    for await (const { events } of store.readAll()) read.push(...events);
    expect(read.map(({ stream }) => stream)).toEqual(['s10', 's11', 's12']);
    expect(read[2]!.data).toEqual(met('c10').data);
    for (const use of [() => read[1]!.data, () => ({ ...read[1]! }), () => JSON.stringify(read[1]!)])
      expect(use).toThrow(`Event ${read[1]!.id} does not open: it was altered.`);
  });

  it('of an erased person reads as the mark in every process, and nothing new is taken in', async () => {
    const stored = new MemoryEventStore();
    const other = opened.elsewhere();
    const [store, elsewhere] = [opened.keys, other].map(keys => new PersonalStore(stored, keys, privacy));
    await store!.append('s6', 'noStream', [withReason(met('c4', { note: null }), 'because')]);
    expect((await onlyEvent(elsewhere!, 's6')).data).toMatchObject({ name: '李娜' });
    await opened.keys.destroy(['customer:c4']);
    for (const one of [store!, elsewhere!]) {
      const { data, metadata } = await onlyEvent(one, 's6');
      expect(data).toEqual({ customerId: 'c4', name: ERASED, age: 41, note: null });
      expect(metadata.reason).toBe(ERASED);
      await expect(one.append('s6', 0n, [met('c4')])).rejects.toMatchObject({ code: 'PERSON_ERASED' });
      await one.append(`s6-${one === store}`, 'noStream', [met('c4', { name: ERASED })]);
    }
  });

  it('whose key is not there is an error, not an erasure', async () => {
    const stored = new MemoryEventStore();
    await new PersonalStore(stored, opened.keys, privacy).append('s7', 'noStream', [met('c5')]);
    const lost = await testKeys();
    const reader = new PersonalStore(stored, lost.keys, privacy);
    await expect(onlyEvent(reader, 's7')).rejects.toThrow('There is no key for customer:c5');
    await lost.close();
  });

  it('whose master key is not there is an error, too', async () => {
    const stored = new MemoryEventStore();
    await new PersonalStore(stored, opened.keys, privacy).append('s8', 'noStream', [met('c6')]);
    const { localMasterKey } = await import('./master-key.js');
    const keys = new PersonKeys(opened.table, () => [localMasterKey(Buffer.alloc(32, 9))]);
    await expect(onlyEvent(new PersonalStore(stored, keys, privacy), 's8')).rejects.toThrow('is not configured');
  });

  it('of many at once takes few transactions for their keys', async () => {
    const { table, close } = await testKeys();
    let transactions = 0;
    const counted: typeof table = Object.assign(Object.create(table), {
      add: (keys: Parameters<typeof table.add>[0]) => {
        transactions++;
        return table.add(keys);
      },
    });
    const { localMasterKey } = await import('./master-key.js');
    const store = new PersonalStore(
      new MemoryEventStore(),
      new PersonKeys(counted, () => [localMasterKey(Buffer.alloc(32, 7))]),
      privacy,
    );
    await Promise.all(Array.from({ length: 100 }, (_, n) => store.append(`m${n}`, 'noStream', [met(`m${n}`)])));
    expect(transactions).toBeLessThan(5);
    await close();
  });
});
