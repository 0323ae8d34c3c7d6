import { describe, expect, it } from '@jest/globals';
import type { NewEvent, RecordedEvent } from '#event-sourcing/event.js';
import { FoldFailure } from './failures.js';
import { foldInMemory } from './fold-in-memory.js';
import { eventsOf, TIME_ZONE } from './testing/history.js';
import { deals, visitDays, visits } from './testing/pipeline.js';

const recorded = (events: readonly NewEvent[]): RecordedEvent[] =>
  events.map((event, index) => ({
    ...event,
    stream: 'any',
    revision: BigInt(index),
    position: BigInt(index + 1),
    storedAt: event.recordedAt,
  }));

const opened = { type: 'DealOpened', data: { dealId: 'd1', ownerId: 'chen', amount: 100 }, later: 0, late: 5 } as const;
const advanced = { type: 'DealAdvanced', data: { dealId: 'd1', stage: 'won' }, later: 3, late: 0 } as const;
const visited = { type: 'VisitPaid', data: { ownerId: 'li' }, later: 0, late: 0 } as const;

describe('Folding a few events in memory', () => {
  it('gives each table what a projector would write, on the days of the business calendar', () => {
    const events = recorded(eventsOf([opened, visited, advanced, visited]));
    const folded = foldInMemory({ deals, visitDays, visits }, events, TIME_ZONE);
    expect(folded).toEqual({
      deals: [
        {
          dealId: 'd1',
          openedOn: '2026-01-15',
          ownerId: 'chen',
          amountMinor: 100,
          lastStage: 'won',
          entries: [{ stage: 'won', on: '2026-01-23' }],
        },
      ],
      visitDays: [
        { ownerDay: 'li 2026-01-19', visits: 1 },
        { ownerDay: 'li 2026-01-22', visits: 1 },
      ],
      visits: [
        { ownerId: 'li', on: '2026-01-20' },
        { ownerId: 'li', on: '2026-01-23' },
      ],
    });
  });

  it('has no row for what was erased', () => {
    const erased = { type: 'DealErased', data: { dealId: 'd1' }, later: 0, late: 0 } as const;
    expect(foldInMemory({ deals }, recorded(eventsOf([opened, erased])), TIME_ZONE).deals).toEqual([]);
  });

  it('names the event and the row that it stumbles over', () => {
    const poison = { type: 'DealAdvanced', data: { dealId: 'd1', stage: 'poison' }, later: 0, late: 0 } as const;
    const fold = () => foldInMemory({ deals }, recorded(eventsOf([opened, poison])), TIME_ZONE);
    expect(fold).toThrow(FoldFailure);
    expect(fold).toThrow('DealAdvanced at position 2 (any) for deals d1: nobody knows this stage');
  });

  it.each([
    ['a fraction', { amount: 0.5 }, 'Column amountMinor: expected a whole number, got number.'],
    ['a missing value', { ownerId: undefined }, 'Column ownerId: expected a value, got nothing.'],
    ['a zero character, which Postgres cannot hold', { ownerId: 'a\0' }, 'Column ownerId: expected text, got string.'],
  ])('refuses %s before it reaches the database', (_, wrong, message) => {
    const event = { ...opened, data: { ...opened.data, ...wrong } } as typeof opened;
    expect(() => foldInMemory({ deals }, recorded(eventsOf([event])), TIME_ZONE)).toThrow(message);
  });
});
