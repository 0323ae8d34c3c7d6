import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { StreamAppend } from '#event-sourcing/event-store.js';
import { newEvents } from '../contract/new-event.js';
import { all, eventsOf } from '../contract/opened-store.js';
import { type LogUnderTest, logUnderTest } from './testing/log-under-test.js';

let log: LogUnderTest;
beforeEach(async () => {
  log = await logUnderTest();
});
afterEach(() => log.close());

const to = (stream: string, expected: bigint | 'noStream', count = 1): StreamAppend => ({
  stream,
  expected,
  events: newEvents('Noted', count),
});
const places = async () =>
  eventsOf(await all(log.store.readAll())).map(
    ({ stream, revision, position }) => `${position}: ${stream}@${revision}`,
  );

describe('Appending to several streams as one', () => {
  it('writes the events in the order in which they are given, also where streams take turns', async () => {
    const appends = [to('lead-1', 'noStream'), to('lead-2', 'noStream', 2), to('lead-1', 0n, 2), to('lead-2', 1n)];
    await log.store.appendTogether(appends);
    expect(await places()).toEqual([
      '1: lead-1@0',
      '2: lead-2@0',
      '3: lead-2@1',
      '4: lead-1@1',
      '5: lead-1@2',
      '6: lead-2@2',
    ]);
    expect(eventsOf(await all(log.store.readAll())).map(({ id }) => id)).toEqual(
      appends.flatMap(({ events }) => events.map(({ id }) => id)),
    );
  });

  it('writes nothing where one stream is not as expected, and says which', async () => {
    await log.store.append('lead-2', 'noStream', newEvents('Noted', 3));
    await expect(log.store.appendTogether([to('lead-1', 'noStream'), to('lead-2', 0n)])).rejects.toMatchObject({
      name: 'WrongExpectedRevision',
      stream: 'lead-2',
      expected: 0n,
      actual: 2n,
    });
    expect(await places()).toHaveLength(3);
  });

  it('writes nothing where its own appends would leave a hole in a stream', async () => {
    const hole = [to('lead-1', 'noStream', 2), to('lead-1', 3n)];
    await expect(log.store.appendTogether(hole)).rejects.toMatchObject({ stream: 'lead-1', expected: 3n, actual: 1n });
    await expect(log.store.appendTogether([to('lead-1', 'noStream'), to('lead-1', 'noStream')])).rejects.toMatchObject({
      expected: 'noStream',
      actual: 0n,
    });
    expect(await places()).toEqual([]);
  });

  it('loses to one of many writers, or wins over them, as a whole', async () => {
    const streams = Array.from({ length: 20 }, (_, n) => `lead-${n}`);
    const others = await log.open();
    const single = streams.map(stream => others.append(stream, 'noStream', newEvents('Noted', 1)));
    const together = log.store.appendTogether(streams.map(stream => to(stream, 'noStream')));
    const outcomes = await Promise.allSettled([...single, together]);
    const won = outcomes.filter(({ status }) => status === 'fulfilled');
    expect(won).toHaveLength(outcomes.at(-1)!.status === 'fulfilled' ? 1 : 20);
    expect(await places()).toHaveLength(20);
  });
});
