import { randomUUID } from 'node:crypto';
import { expect, it } from '@jest/globals';
import type { EventMetadata } from '#event-sourcing/event.js';
import { newEvent } from './new-event.js';
import { all, aStream, aType, eventsOf, type Subject } from './opened-store.js';

const texts = {
  chinese: '客户线索：上海贸易有限公司',
  emoji: '👩‍👩‍👧‍👦🎉',
  separators: 'line\u2028paragraph\u2029tab\tnewline\nquote"backslash\\',
  combining: 'e\u0301 é',
  rare: '𠮷野家',
  empty: '',
};

export interface ContentOptions {
  /** What a store writes into an event's metadata by itself. */
  readonly adds?: readonly (keyof EventMetadata)[];
}

/** What was put in comes out. */
export function contentContract(subject: Subject, { adds = [] }: ContentOptions = {}): void {
  it('returns data, metadata and times exactly as they were given', async () => {
    const { store } = subject();
    const stream = aStream();
    const metadata: Required<Omit<EventMetadata, 'hash' | 'previousHash'>> = {
      $correlationId: randomUUID(),
      $causationId: randomUUID(),
      commandId: randomUUID(),
      actor: { id: 'e-17', role: 'salesperson' },
      onBehalfOf: 'e-18',
      reason: '客户来电更正',
      occurredAt: '2024-02-29T23:59:59.007Z',
      schemaVersion: 3,
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    };
    const event = newEvent(aType(), { amountMinor: 12_345 }, { metadata, recordedAt: '2026-03-01T08:00:00.009Z' });
    const { position } = await store.append(stream, 'noStream', [event]);

    const [recorded] = await all(store.readStream(stream));
    const storedAt = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    const added = Object.fromEntries(adds.map(name => [name, expect.any(String)]));
    expect(recorded).toEqual({
      ...event,
      metadata: { ...metadata, ...added },
      stream,
      revision: 0n,
      position,
      storedAt,
    });
    expect(eventsOf(await all(store.readAll({ types: [event.type] })))).toEqual([recorded]);
  });

  it('leaves out what was not given', async () => {
    const { store } = subject();
    const stream = aStream();
    const event = newEvent(aType(), { given: 1, missing: undefined });
    await store.append(stream, 'noStream', [event]);
    const [recorded] = await all(store.readStream(stream));
    expect(Object.keys(recorded!.metadata).sort()).toEqual([...Object.keys(event.metadata), ...adds].sort());
    expect(recorded!.data).toStrictEqual({ given: 1 });
  });

  it.each(Object.entries(texts))('keeps %s text, also in keys', async (_, text) => {
    const { store } = subject();
    const stream = aStream();
    await store.append(stream, 'noStream', [newEvent(aType(), { text, [`key ${text}`]: [text] })]);
    const [recorded] = await all(store.readStream(stream));
    expect(recorded!.data).toStrictEqual({ text, [`key ${text}`]: [text] });
  });

  it.each([
    [
      'numbers',
      { zero: 0, negative: -1, fraction: 0.1, largest: Number.MAX_SAFE_INTEGER, huge: 1.5e300, tiny: 5e-324 },
    ],
    ['nesting', { list: [[], {}, [null, true, false, { deep: [{ deeper: 'yes' }] }]] }],
    ['a bare string', 'text'],
    ['null', null],
    ['a list', [1, 'two', { three: 3 }]],
  ])('keeps %s', async (_, data) => {
    const { store } = subject();
    const stream = aStream();
    await store.append(stream, 'noStream', [newEvent(aType(), data)]);
    const [recorded] = await all(store.readStream(stream));
    expect(recorded!.data).toStrictEqual(data);
  });

  it('keeps an event of 512 KiB', async () => {
    const { store } = subject();
    const [stream, type] = [aStream(), aType()];
    const data = { text: '0123456789abcdef'.repeat(32 * 1024) };
    await store.append(stream, 'noStream', [newEvent(type, data)]);
    const [fromStream] = await all(store.readStream(stream));
    const [fromLog] = eventsOf(await all(store.readAll({ types: [type] })));
    expect([fromStream, fromLog].map(event => JSON.stringify(event?.data) === JSON.stringify(data))).toEqual([
      true,
      true,
    ]);
  });

  it('does not let a writer or a reader change what is stored', async () => {
    const { store } = subject();
    const stream = aStream();
    const data = { stage: 'won' };
    await store.append(stream, 'noStream', [newEvent(aType(), data)]);
    data.stage = 'lost';
    const [read] = await all(store.readStream(stream));
    try {
      (read!.data as typeof data).stage = 'lost';
    } catch {
      // A store may hand out frozen events; it may not hand out its own.
    }
    expect((await all(store.readStream(stream)))[0]!.data).toEqual({ stage: 'won' });
  });
}
