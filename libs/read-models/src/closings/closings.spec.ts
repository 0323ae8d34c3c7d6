import { describe, expect, it } from '@jest/globals';
import type { NewEvent } from '#event-sourcing/event.js';
import { foldInMemory } from '#projections/fold-in-memory.js';
import { happened, recorded } from '#test/support/history.js';
import { cycles, opportunities, totals } from './closings.projection.js';

const at = { opportunityId: 'o1' };
const opened = happened('2026-03-01', 'OpportunityOpened', {
  ...{ ...at, pipelineId: 'default', pipelineVersion: 1, stages: ['A', 'B'], ownerId: 'li', openedOn: '2026-03-01' },
  amount: { minor: 500, currency: 'CNY' },
});
const entered = happened('2026-03-03', 'StageAdvanced', { ...at, to: 'A' });
const advanced = happened('2026-03-05', 'StageAdvanced', { ...at, from: 'A', to: 'B' });
const won = happened('2026-03-13', 'OpportunityWon', {
  ...at,
  wonOn: '2026-03-13',
  amount: { minor: 450, currency: 'CNY' },
});
const lost = happened('2026-03-14', 'OpportunityLost', { ...at, reason: '价格', lostOn: '2026-03-14' });
const reopened = happened('2026-03-15', 'OpportunityReopened', { ...at, from: 'lost', to: 'B' });
const handedOver = happened('2026-03-16', 'OpportunityHandedOver', { ...at, ownerId: 'zhao' });

function opportunityAfter(...events: readonly NewEvent[]) {
  return foldInMemory({ opportunities }, recorded([opened, ...events]), 'Asia/Shanghai').opportunities[0]!;
}

describe('a closing', () => {
  it('does not exist while the opportunity is open', () => {
    expect(totals.of(opportunityAfter(entered) as never)).toEqual([]);
    expect(totals.of(opportunityAfter(entered, lost, reopened) as never)).toEqual([]);
  });

  it('counts on its day for whoever had the opportunity then', () => {
    expect(opportunityAfter(entered, won, handedOver)).toMatchObject({ closedOn: '2026-03-13', ownerId: 'li' });
    expect(opportunityAfter(entered, handedOver, won)).toMatchObject({ closedOn: '2026-03-13', ownerId: 'zhao' });
  });

  it('is the last one, if the opportunity was reopened', () => {
    const row = opportunityAfter(entered, lost, reopened, won);
    expect(row.closedOn).toBe('2026-03-13');
    expect(totals.of(row as never)).toEqual([{ won: 1, wonMinor: 450 }]);
  });

  it('brings what it was won for; a lost one brings nothing', () => {
    expect(totals.of(opportunityAfter(entered, won) as never)).toEqual([{ won: 1, wonMinor: 450 }]);
    expect(totals.of(opportunityAfter(entered, lost) as never)).toEqual([{ lost: 1 }]);
  });

  it('took the days since the first stage entry, or since the opening if there was none', () => {
    expect(cycles.of(opportunityAfter(entered, advanced, won) as never)).toEqual([{ days: 10, won: 1 }]);
    expect(cycles.of(opportunityAfter(won) as never)).toEqual([{ days: 12, won: 1 }]);
    expect(cycles.of(opportunityAfter(entered, lost) as never)).toEqual([]);
  });

  it('of an opportunity that was won at once counts from the opening, also if it goes through stages later', () => {
    const later = happened('2026-03-21', 'OpportunityWon', { ...at, wonOn: '2026-03-21' });
    expect(cycles.of(opportunityAfter(won, reopened, advanced, later) as never)).toEqual([{ days: 20, won: 1 }]);
  });
});
