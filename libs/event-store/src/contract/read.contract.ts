import { expect, it } from '@jest/globals';
import { newEvent, newEvents } from './new-event.js';
import { all, aStream, aType, eventsOf, idsOf, type Subject } from './opened-store.js';

/** Reading one stream. */
export function readStreamContract(subject: Subject): void {
  it('yields nothing for an unknown stream, in either direction', async () => {
    const { store } = subject();
    expect(await all(store.readStream(aStream()))).toEqual([]);
    expect(await all(store.readStream(aStream(), { backwards: true, from: 3n, limit: 1 }))).toEqual([]);
  });

  it('reads a stream forwards and backwards, from a revision, up to a limit', async () => {
    const { store } = subject();
    const stream = aStream();
    await store.append(stream, 'noStream', newEvents(aType(), 10));
    const revisions = async (options?: Parameters<typeof store.readStream>[1]) =>
      (await all(store.readStream(stream, options))).map(event => Number(event.revision));
    expect(await revisions()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(await revisions({ from: 7n })).toEqual([7, 8, 9]);
    expect(await revisions({ from: 2n, limit: 3 })).toEqual([2, 3, 4]);
    expect(await revisions({ limit: 2 })).toEqual([0, 1]);
    expect(await revisions({ from: 10n })).toEqual([]);
    expect(await revisions({ backwards: true })).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1, 0]);
    expect(await revisions({ backwards: true, limit: 1 })).toEqual([9]);
    expect(await revisions({ backwards: true, from: 4n, limit: 2 })).toEqual([4, 3]);
    expect(await revisions({ backwards: true, from: 1n })).toEqual([1, 0]);
  });

  it('reads a stream that is longer than any page', async () => {
    const { store } = subject();
    const [stream, events] = [aStream(), newEvents(aType(), 1_100)];
    for (let start = 0; start < events.length; start += 500)
      await store.append(stream, start === 0 ? 'noStream' : BigInt(start - 1), events.slice(start, start + 500));
    expect(idsOf(await all(store.readStream(stream)))).toEqual(idsOf(events));
    expect(idsOf(await all(store.readStream(stream, { backwards: true })))).toEqual(idsOf(events).reverse());
  });

  it('lets a reader stop early and read again', async () => {
    const { store } = subject();
    const stream = aStream();
    await store.append(stream, 'noStream', newEvents(aType(), 100));
    for (let round = 0; round < 3; round++) {
      for await (const event of store.readStream(stream)) if (event.revision === 5n) break;
    }
    expect(await all(store.readStream(stream))).toHaveLength(100);
  });
}

/** Reading the whole log. */
export function readAllContract(subject: Subject): void {
  it('has its head at the last event, and 0 while it is empty', async () => {
    const { store } = subject();
    const before = await store.head();
    if (before === 0n) expect(await all(store.readAll())).toEqual([]);
    const { position } = await store.append(aStream(), 'noStream', newEvents(aType(), 2));
    expect(position > before).toBe(true);
    expect(await store.head()).toBe(position);
  });

  it('yields nothing behind the head', async () => {
    const { store } = subject();
    await store.append(aStream(), 'noStream', newEvents(aType(), 2));
    expect(await all(store.readAll({ after: await store.head() }))).toEqual([]);
  });

  it('reads what stands behind a position, in order and in pages', async () => {
    const { store } = subject();
    const type = aType();
    const start = await store.append(aStream(), 'noStream', newEvents(type, 3));
    const later = newEvents(type, 25);
    for (const event of later) await store.append(aStream(), 'noStream', [event]);
    const pages = await all(store.readAll({ after: start.position, types: [type], pageSize: 10 }));
    expect(idsOf(eventsOf(pages))).toEqual(idsOf(later));
    expect(pages.filter(page => page.events.length > 10)).toEqual([]);
    const last = eventsOf(pages).slice(-4);
    const single = await all(store.readAll({ after: last[0]!.position, types: [type], pageSize: 1 }));
    expect(idsOf(eventsOf(single))).toEqual(idsOf(last.slice(1)));
    const unfiltered = eventsOf(await all(store.readAll({ after: start.position, pageSize: 7 })));
    expect(idsOf(unfiltered.filter(event => event.type === type))).toEqual(idsOf(later));
  });

  it('goes on from the end of any page without gap or repeat', async () => {
    const { store } = subject();
    const [wanted, other] = [aType(), aType()];
    const start = await store.append(aStream(), 'noStream', newEvents(other, 1));
    const events = Array.from({ length: 40 }, (_, n) => newEvent(n % 3 === 0 ? wanted : other, { n }));
    await store.append(aStream(), 'noStream', events);
    const expected = idsOf(events.filter(event => event.type === wanted));
    const options = { types: [wanted], pageSize: 4 };
    const seen: string[] = [];
    for await (const page of store.readAll({ ...options, after: start.position })) {
      seen.push(...idsOf(page.events));
      for (const event of page.events) expect(event.position <= page.upTo).toBe(true);
      const rest = eventsOf(await all(store.readAll({ ...options, after: page.upTo })));
      expect([...seen, ...idsOf(rest)]).toEqual(expected);
    }
    expect(seen).toEqual(expected);
  });

  it('finds exactly the asked types, not those that begin or end alike', async () => {
    const { store } = subject();
    const type = aType();
    const types = [type, `${type}Later`, `Not${type}`, `${type}.x`, type.toLowerCase(), `${type}$`];
    const { position: after } = await store.append(aStream(), 'noStream', newEvents(aType(), 1));
    for (const each of types) await store.append(aStream(), 'noStream', [newEvent(each, {})]);
    for (const asked of [[type], [types[1]!, types[3]!], [types[5]!]]) {
      const found = eventsOf(await all(store.readAll({ after, types: asked })));
      expect(found.map(event => event.type)).toEqual(asked);
    }
  });

  it('moves a reader of rare types on to the head', async () => {
    const { store } = subject();
    const { position: after } = await store.append(aStream(), 'noStream', newEvents(aType(), 1));
    const { position } = await store.append(aStream(), 'noStream', newEvents(aType(), 300));
    const pages = await all(store.readAll({ after, types: [aType()], pageSize: 10 }));
    expect(eventsOf(pages)).toEqual([]);
    expect(pages.at(-1)!.upTo >= position).toBe(true);
    expect(await all(store.readAll({ after: pages.at(-1)!.upTo, types: [aType()] }))).toEqual([]);
  });

  it('ends at the head that it found at the start, however fast others write', async () => {
    const { store } = subject();
    const [stream, type] = [aStream(), aType()];
    await store.append(stream, 'noStream', newEvents(type, 18));
    let revision = 17n;
    const found: string[] = [];
    for await (const page of store.readAll({ types: [type], pageSize: 5 })) {
      found.push(...idsOf(page.events));
      ({ revision } = await store.append(stream, revision, newEvents(type, 10)));
    }
    expect(found).toHaveLength(18);
  });

  it('ends without an error when it is aborted, also in the middle of a page', async () => {
    const { store } = subject();
    const type = aType();
    await store.append(aStream(), 'noStream', newEvents(type, 30));
    const stop = new AbortController();
    let pages = 0;
    for await (const _ of store.readAll({ types: [type], pageSize: 10, signal: stop.signal })) {
      pages++;
      stop.abort();
    }
    expect(pages).toBe(1);
    expect(await all(store.readAll({ signal: AbortSignal.abort() }))).toEqual([]);
  });
}
