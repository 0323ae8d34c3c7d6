import { expect, it } from '@jest/globals';
import type { RecordedEvent } from '#event-sourcing/event.js';
import { newEvent, newEvents } from './new-event.js';
import { all, aStream, aType, eventsOf, followUntil, idsOf, type Subject } from './opened-store.js';

const has = (count: number) => (events: readonly RecordedEvent[]) => events.length >= count;

/** Following the log: catch up, then live. */
export function followContract(subject: Subject): void {
  it('delivers a later event to a follower who waits, without filling its page', async () => {
    const { store } = subject();
    const type = aType();
    const { position: after } = await store.append(aStream(), 'noStream', newEvents(aType(), 1));
    const later = newEvents(type, 3);
    const [first, ...rest] = later;
    const following = followUntil(store, { after, types: [type], pageSize: 100 }, async events => {
      const next = rest.shift();
      if (next) await store.append(aStream(), 'noStream', [next]);
      return events.length === later.length;
    });
    await store.append(aStream(), 'noStream', [first!]);
    expect(idsOf(eventsOf(await following))).toEqual(idsOf(later));
  });

  it('goes from catching up to live without gap or repeat while others write, from any position, for two at once', async () => {
    const { store } = subject();
    const type = aType();
    const past = newEvents(type, 200);
    const { position: middle } = await store.append(aStream(), 'noStream', past.slice(0, 100));
    await store.append(aStream(), 'noStream', past.slice(100));
    const total = 200 + 16 * 20;
    const fromStart = followUntil(store, { types: [type], pageSize: 50 }, has(total));
    const fromMiddle = followUntil(store, { after: middle, types: [type], pageSize: 7 }, has(total - 100));
    const write = async (stream: string) => {
      for (let n = 0; n < 20; n++)
        await store.append(stream, n === 0 ? 'noStream' : BigInt(n - 1), [newEvent(type, { n })]);
    };
    await Promise.all(Array.from({ length: 16 }, () => write(aStream())));

    const log = idsOf(eventsOf(await all(store.readAll({ types: [type] }))));
    expect(log).toHaveLength(total);
    const [whole, part] = await Promise.all([fromStart, fromMiddle]);
    expect(idsOf(eventsOf(whole))).toEqual(log);
    expect(idsOf(eventsOf(part))).toEqual(log.slice(100));
    expect(part.filter(page => page.events.length > 7)).toEqual([]);
  });

  it('loses nothing when it is slower than the writers', async () => {
    const { store } = subject();
    const [stream, type] = [aStream(), aType()];
    const { position: after } = await store.append(stream, 'noStream', newEvents(type, 1));
    // The first events make sure that the follower is live when the others come, all while it is busy with one page.
    const following = followUntil(store, { after, types: [type], pageSize: 50 }, async events => {
      const count = events.length;
      if (count < 3) await store.append(stream, BigInt(count), newEvents(type, 1));
      if (count === 3)
        for (let n = 0; n < 10; n++) await store.append(stream, BigInt(n * 100 + 3), newEvents(type, 100));
      return count === 1_003;
    });
    await store.append(stream, 0n, newEvents(type, 1));
    const pages = await following;
    expect(idsOf(eventsOf(pages))).toEqual(idsOf(await all(store.readStream(stream, { from: 1n }))));
    expect(pages.filter(page => page.events.length > 50)).toEqual([]);
  });

  it('never moves back, and has seen every event that it delivers', async () => {
    const { store } = subject();
    const type = aType();
    const { position: after } = await store.append(aStream(), 'noStream', newEvents(aType(), 1));
    for (let n = 0; n < 10; n++) await store.append(aStream(), 'noStream', newEvents(n % 2 ? type : aType(), 5));
    const pages = await followUntil(store, { after, types: [type], pageSize: 4 }, has(25));
    let upTo = after;
    for (const page of pages) {
      expect(page.upTo >= upTo).toBe(true);
      for (const event of page.events) expect(event.position > upTo && event.position <= page.upTo).toBe(true);
      upTo = page.upTo;
    }
  });

  it('moves a follower of rare types on past every event, also when only one was written', async () => {
    const { store } = subject();
    const { position: after } = await store.append(aStream(), 'noStream', newEvents(aType(), 1));
    let target = (await store.append(aStream(), 'noStream', newEvents(aType(), 50))).position;
    let live = 0;
    const pages = await followUntil(store, { after, types: [aType()] }, async (_, { upTo }) => {
      if (upTo < target) return false;
      if (live++ < 3) target = (await store.append(aStream(), 'noStream', newEvents(aType(), 1))).position;
      return upTo >= target;
    });
    expect(eventsOf(pages)).toEqual([]);
    expect(pages.at(-1)!.upTo >= target).toBe(true);
  });

  it('goes on where another follower ended', async () => {
    const { store } = subject();
    const type = aType();
    await store.append(aStream(), 'noStream', newEvents(type, 30));
    const first = await followUntil(store, { types: [type], pageSize: 8 }, has(10));
    const after = first.at(-1)!.upTo;
    const rest = 30 - eventsOf(first).length;
    const second = await followUntil(store, { after, types: [type], pageSize: 8 }, has(rest));
    expect(idsOf(eventsOf([...first, ...second]))).toEqual(
      idsOf(eventsOf(await all(store.readAll({ types: [type] })))),
    );
  });
}
