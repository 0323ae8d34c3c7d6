import { describe, expect, it } from '@jest/globals';
import type { ExpectedRevision } from '#event-sourcing/event-store.js';
import { newEvent, newEvents } from '../contract/new-event.js';
import { takeBatch } from './batch.js';
import { encodeAppend } from './pending-append.js';

const caller = { resolve: () => undefined, reject: () => undefined };
const pending = (stream: string, expected: ExpectedRevision = 'noStream', count = 1) =>
  encodeAppend(stream, expected, newEvents('LeadCaptured', count), caller);

describe('A batch', () => {
  it('takes at most 500 appends, in order of arrival, and leaves the rest in the queue', () => {
    const queue = Array.from({ length: 501 }, (_, n) => pending(`lead-${n}`));
    const [first, last] = [queue[0], queue[500]];
    const { appends } = takeBatch(queue);
    expect(appends).toHaveLength(500);
    expect(appends[0]).toBe(first);
    expect(queue).toEqual([last]);
  });

  it('takes at most 1 MiB, and an append that is larger than that alone', () => {
    const large = (size: number) =>
      encodeAppend('lead-1', 'noStream', [newEvent('Noted', { text: 'x'.repeat(size) })], caller);
    const queue = [large(600_000), large(300_000), large(300_000), large(3_000_000), pending('lead-2')];
    const sizes = () => takeBatch(queue).appends.length + takeBatch([]).contenders.length;
    const taken = [];
    while (queue.length > 0) {
      const before = queue.length;
      sizes();
      taken.push(before - queue.length);
    }
    expect(taken).toEqual([2, 1, 1, 1]);
  });

  it('chains appends to one stream that follow on each other, and keeps the others apart', () => {
    const [opening, following, loser, last] = [
      pending('lead-1', 'noStream', 2),
      pending('lead-1', 1n),
      pending('lead-1', 1n),
      pending('lead-1', 2n),
    ];
    const queue = [opening, following, loser, pending('lead-2'), last];
    const { appends, contenders } = takeBatch(queue);
    expect(appends.filter(({ stream }) => stream === 'lead-1')).toEqual([opening, following, last]);
    expect(contenders).toEqual([loser]);
  });
});

describe('An append that cannot be stored is refused when it is asked for', () => {
  const refused = (stream: string, ...events: Parameters<typeof encodeAppend>[2]) =>
    expect(() => encodeAppend(stream, 'noStream', events, caller));
  const event = newEvent('LeadCaptured', {});

  it('when it has no events', () => refused('lead-1').toThrow('at least one event'));

  it.each(['', 'a\nb', 'a\u0000b', 'a\ud800b'])('when its stream or type is named %j', name => {
    refused(name, event).toThrow('name of a stream');
    refused('lead-1', { ...event, type: name }).toThrow('type of an event');
  });

  it('when an id is no UUID', () => refused('lead-1', { ...event, id: "1','2" }).toThrow('UUID'));

  it('when an instant is none', () => refused('lead-1', { ...event, recordedAt: 'yesterday' }).toThrow('instant'));

  it.each([undefined, 1n, () => 1])('when its data is no JSON', data => {
    refused('lead-1', { ...event, data }).toThrow(TypeError);
  });
});
