import { expect, it } from '@jest/globals';
import { WrongExpectedRevision } from '#event-sourcing/event-store.js';
import { newEvent, newEvents } from './new-event.js';
import { all, aStream, aType, eventsOf, idsOf, type Subject } from './opened-store.js';

/** What an append promises: revisions, conflicts, repeats, atomicity. */
export function appendContract(subject: Subject): void {
  it('numbers a new stream from 0 and answers where the last event stands', async () => {
    const { store } = subject();
    const [stream, type] = [aStream(), aType()];
    const first = await store.append(stream, 'noStream', newEvents(type, 3));
    const second = await store.append(stream, 2n, newEvents(type, 1));
    expect([first.revision, second.revision]).toEqual([2n, 3n]);
    const log = eventsOf(await all(store.readAll({ types: [type] })));
    expect(log.map(event => event.revision)).toEqual([0n, 1n, 2n, 3n]);
    expect([log[2]?.position, log[3]?.position]).toEqual([first.position, second.position]);
  });

  it('refuses a writer who believes that an existing stream is new, and says the actual revision', async () => {
    const { store } = subject();
    const [stream, type] = [aStream(), aType()];
    await store.append(stream, 'noStream', newEvents(type, 2));
    const refused = store.append(stream, 'noStream', newEvents(type, 1));
    await expect(refused).rejects.toThrow(WrongExpectedRevision);
    await expect(refused).rejects.toMatchObject({ stream, expected: 'noStream', actual: 1n });
  });

  it('refuses a writer who is behind and one who is ahead, and says the actual revision', async () => {
    const { store } = subject();
    const [stream, type] = [aStream(), aType()];
    await store.append(stream, 'noStream', newEvents(type, 3));
    for (const expected of [0n, 7n]) {
      const refused = store.append(stream, expected, newEvents(type, 1));
      await expect(refused).rejects.toMatchObject({ name: 'WrongExpectedRevision', expected, actual: 2n });
    }
    expect(await all(store.readStream(stream))).toHaveLength(3);
  });

  it('answers noStream to a writer who expects a revision of an unknown stream', async () => {
    const { store } = subject();
    const refused = store.append(aStream(), 0n, newEvents(aType(), 1));
    await expect(refused).rejects.toMatchObject({ name: 'WrongExpectedRevision', expected: 0n, actual: 'noStream' });
  });

  it('writes nothing of a refused append', async () => {
    const { store } = subject();
    const [stream, type] = [aStream(), aType()];
    await store.append(stream, 'noStream', newEvents(type, 1));
    await expect(store.append(stream, 'noStream', newEvents(type, 5))).rejects.toThrow(WrongExpectedRevision);
    expect(await all(store.readStream(stream))).toHaveLength(1);
    expect(eventsOf(await all(store.readAll({ types: [type] })))).toHaveLength(1);
  });

  it('answers a repeat as it answered the first time, and writes nothing', async () => {
    const { store } = subject();
    const [stream, type] = [aStream(), aType()];
    const [opening, following] = [newEvents(type, 2), newEvents(type, 2)];
    const opened = await store.append(stream, 'noStream', opening);
    expect(await store.append(stream, 'noStream', opening)).toEqual(opened);
    const followed = await store.append(stream, 1n, following);
    expect(await store.append(stream, 1n, following)).toEqual(followed);
    expect(idsOf(await all(store.readStream(stream)))).toEqual(idsOf([...opening, ...following]));
  });

  it('answers a repeat as it answered the first time when the stream has grown since', async () => {
    const { store } = subject();
    const [stream, type] = [aStream(), aType()];
    const [opening, following] = [newEvents(type, 2), newEvents(type, 2)];
    const opened = await store.append(stream, 'noStream', opening);
    const followed = await store.append(stream, 1n, following);
    await store.append(stream, 3n, newEvents(type, 2));
    expect(await store.append(stream, 'noStream', opening)).toEqual(opened);
    expect(await store.append(stream, 1n, following)).toEqual(followed);
    expect(await all(store.readStream(stream))).toHaveLength(6);
  });

  it('refuses a repeat of which only some events are stored', async () => {
    const { store } = subject();
    const [stream, type] = [aStream(), aType()];
    const [kept, other] = [newEvents(type, 2), newEvents(type, 1)];
    await store.append(stream, 'noStream', kept);
    for (const events of [
      [...kept, ...other],
      [kept[0]!, ...other],
      [...other, kept[1]!],
    ]) {
      const refused = store.append(stream, 'noStream', events);
      await expect(refused).rejects.toMatchObject({ name: 'WrongExpectedRevision', actual: 1n });
    }
    expect(idsOf(await all(store.readStream(stream)))).toEqual(idsOf(kept));
  });

  it('refuses stored events that are repeated at another expected revision', async () => {
    const { store } = subject();
    const [stream, type] = [aStream(), aType()];
    const [opening, following] = [newEvents(type, 2), newEvents(type, 2)];
    await store.append(stream, 'noStream', opening);
    await store.append(stream, 1n, following);
    for (const [expected, events] of [
      ['noStream', following],
      [0n, following],
      [1n, opening],
    ] as const) {
      const refused = store.append(stream, expected, events);
      await expect(refused).rejects.toMatchObject({ name: 'WrongExpectedRevision', expected, actual: 3n });
    }
    expect(idsOf(await all(store.readStream(stream)))).toEqual(idsOf([...opening, ...following]));
  });

  it('lets one of many simultaneous writers of a stream win', async () => {
    const { store } = subject();
    const stream = aStream();
    const attempts = Array.from({ length: 32 }, () => store.append(stream, 'noStream', [newEvent(aType(), {})]));
    const outcomes = await Promise.allSettled(attempts);
    const refusals = outcomes.filter(outcome => outcome.status === 'rejected').map(outcome => outcome.reason);
    expect(refusals).toHaveLength(31);
    for (const refusal of refusals) expect(refusal).toMatchObject({ name: 'WrongExpectedRevision', actual: 0n });
    expect(await all(store.readStream(stream))).toHaveLength(1);
  });

  it('gives simultaneous repeats of one append the same answer', async () => {
    const { store } = subject();
    const [stream, events] = [aStream(), newEvents(aType(), 2)];
    const answers = await Promise.all(Array.from({ length: 8 }, () => store.append(stream, 'noStream', events)));
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect(idsOf(await all(store.readStream(stream)))).toEqual(idsOf(events));
  });
}
