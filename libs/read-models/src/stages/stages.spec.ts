import { describe, expect, it } from '@jest/globals';
import { numberOfDay, staysOf, stockChangesOf, timesOf } from './stages.timeline.js';

const move = (to: string, on: string, from: string | null = null) => ({ from, to, on });
const owned = (ownerId: string, on = '2026-03-01') => ({ on, ownerId });
const worth = (on: string, minor: number, currency = 'CNY') => ({ on, currency, minor });

describe('the stays of an opportunity', () => {
  it('follow each other, the last one open', () => {
    expect(staysOf([move('A', '2026-03-01'), move('B', '2026-03-05'), move('A', '2026-03-07')])).toEqual([
      { stage: 'A', from: '2026-03-01', before: '2026-03-05' },
      { stage: 'B', from: '2026-03-05', before: '2026-03-07' },
      { stage: 'A', from: '2026-03-07', before: null },
    ]);
  });

  it('take no time where a late entry says that it had gone on before', () => {
    expect(staysOf([move('A', '2026-03-01'), move('B', '2026-03-09'), move('C', '2026-03-05')])).toEqual([
      { stage: 'A', from: '2026-03-01', before: '2026-03-05' },
      { stage: 'B', from: '2026-03-09', before: '2026-03-09' },
      { stage: 'C', from: '2026-03-05', before: null },
    ]);
  });
});

describe('the time in a stage', () => {
  it('adds re-entries up, and goes on while the opportunity is there', () => {
    const moves = [move('A', '2026-03-01'), move('B', '2026-03-05'), move('A', '2026-03-07')];
    // Four days before, so it is as if A had been entered on 3 March.
    expect(timesOf(moves)).toEqual([
      { stage: 'A', days: null, since: numberOfDay('2026-03-03') },
      { stage: 'B', days: 2, since: null },
    ]);
  });

  it('ends with the opportunity, and none is spent in its end', () => {
    expect(timesOf([move('A', '2026-03-01'), move('lost', '2026-03-11')])).toEqual([
      { stage: 'A', days: 10, since: null },
    ]);
  });
});

describe('the stock of a stage', () => {
  it('changes when an opportunity comes, goes, or is worth something else', () => {
    const moves = [move('A', '2026-03-01'), move('B', '2026-03-05')];
    expect(stockChangesOf(moves, [worth('2026-03-01', 5), worth('2026-03-03', 8)], [owned('li')])).toEqual([
      { on: '2026-03-01', stage: 'A', currency: 'CNY', ownerId: 'li', opportunities: 1, amountMinor: 5 },
      { on: '2026-03-03', stage: 'A', currency: 'CNY', ownerId: 'li', opportunities: -1, amountMinor: -5 },
      { on: '2026-03-03', stage: 'A', currency: 'CNY', ownerId: 'li', opportunities: 1, amountMinor: 8 },
      { on: '2026-03-05', stage: 'A', currency: 'CNY', ownerId: 'li', opportunities: -1, amountMinor: -8 },
      { on: '2026-03-05', stage: 'B', currency: 'CNY', ownerId: 'li', opportunities: 1, amountMinor: 8 },
    ]);
  });

  it('goes with the opportunity to whoever takes it over', () => {
    const handovers = [owned('li'), owned('han', '2026-03-04')];
    expect(stockChangesOf([move('A', '2026-03-02')], [], handovers)).toEqual([
      { on: '2026-03-02', stage: 'A', currency: null, ownerId: 'li', opportunities: 1, amountMinor: 0 },
      { on: '2026-03-04', stage: 'A', currency: null, ownerId: 'li', opportunities: -1, amountMinor: -0 },
      { on: '2026-03-04', stage: 'A', currency: null, ownerId: 'han', opportunities: 1, amountMinor: 0 },
    ]);
  });

  it('does not change by passing through a stage on one day', () => {
    expect(stockChangesOf([move('A', '2026-03-01'), move('B', '2026-03-01')], [], [owned('li')])).toEqual([
      { on: '2026-03-01', stage: 'B', currency: null, ownerId: 'li', opportunities: 1, amountMinor: 0 },
    ]);
  });
});
