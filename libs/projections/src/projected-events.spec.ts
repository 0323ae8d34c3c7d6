import { describe, expect, it } from '@jest/globals';
import type { RecordedEvent } from '#event-sourcing/event.js';
import { newEvent } from '#event-store/contract/new-event.js';
import { knownDays, projected } from './projected-events.js';

const WHEN = '2026-03-01T18:30:12.345Z';
const recorded = (occurredAt: string, recordedAt = WHEN): RecordedEvent => {
  const event = newEvent('Met', { name: 'Li' });
  const metadata = { ...event.metadata, occurredAt };
  return { ...event, metadata, recordedAt, stream: 's', revision: 0n, position: 1n, storedAt: WHEN };
};
const seen = (event: RecordedEvent) => projected(event, 'Asia/Shanghai');

describe('An event as folds see it', () => {
  it('bears the days of both times', () => {
    expect(seen(recorded('2026-02-28T15:59:00.000Z'))).toMatchObject({
      data: { name: 'Li' },
      occurredOn: '2026-02-28',
      knownOn: '2026-03-02',
    });
  });

  it.each(['not a time', '', '2026-13-01T00:00:00.000Z', '1066'])(
    'that happened at “%s” tells everything but that day',
    when => {
      const event = seen(recorded(when));
      expect(event).toMatchObject({
        data: { name: 'Li' },
        stream: 's',
        revision: 0n,
        position: 1n,
        knownOn: '2026-03-02',
      });
      if (when === '1066') expect(event.occurredOn).toBe('1066-01-01');
      else expect(() => event.occurredOn).toThrow(RangeError);
    },
  );

  it('is told the same day whatever was asked before', () => {
    const odd = '2026-03-04T10:11:xx';
    const before = seen(recorded(odd)).occurredOn;
    seen(recorded('2026-03-04T10:11:59.000Z'));
    expect([before, seen(recorded(odd)).occurredOn]).toEqual(['2026-03-04', '2026-03-04']);
  });

  it('has no say in what was known when, if nobody knows when it was recorded', () => {
    const events = [
      seen(recorded(WHEN)),
      seen(recorded(WHEN, 'never')),
      seen(recorded(WHEN, '2026-03-03T00:00:00.000Z')),
    ];
    expect(knownDays(events)).toEqual(['2026-03-02', '2026-03-03']);
    expect(() => events[1]!.knownOn).toThrow(RangeError);
  });
});
