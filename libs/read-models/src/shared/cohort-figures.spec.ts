import { describe, expect, it } from '@jest/globals';
import { figuresOf, type StepLine } from './cohort-figures.js';

const steps = [
  { stage: 'A', name: 'Alpha' },
  { stage: 'B', name: 'Beta' },
];
const line = (stage: string, figures: Partial<StepLine>): StepLine => ({
  ...{ stage, lossReason: null, currency: 'CNY', reached: 0, minor: 0, openHere: 0, lostHere: 0, wonHere: 0 },
  ...figures,
});

describe('the figures of a cohort', () => {
  it('are rates from each step to the next, and from the first', () => {
    const { stages } = figuresOf(steps, [line('A', { reached: 3 }), line('B', { reached: 1 })]);
    expect(stages.map(({ stepRate, cumulativeRate }) => [stepRate, cumulativeRate])).toEqual([
      [1 / 3, 1],
      [null, 1 / 3],
    ]);
  });

  it('have no rate where nobody was', () => {
    const { stages, winRate } = figuresOf(steps, []);
    expect(stages.map(({ stepRate, cumulativeRate }) => [stepRate, cumulativeRate])).toEqual([
      [null, null],
      [null, null],
    ]);
    expect(winRate).toBeNull();
  });

  it('divide the won ones by all, also by those still open', () => {
    const { population, winRate } = figuresOf(steps, [
      line('A', { openHere: 2 }),
      line('B', { lostHere: 1, lossReason: 'price' }),
      line('won', { wonHere: 1 }),
    ]);
    expect({ population, winRate }).toEqual({ population: 4, winRate: 0.25 });
  });

  it('add up one currency, and show several side by side', () => {
    const [a, b] = figuresOf(steps, [
      line('A', { reached: 1, minor: 5 }),
      line('A', { reached: 1, minor: 7, currency: 'USD' }),
      line('A', { reached: 1, currency: null }),
      line('B', { reached: 1, minor: 3 }),
      line('B', { reached: 1, minor: 4 }),
    ]).stages;
    expect(a).toMatchObject({
      amount: null,
      amounts: [
        { minor: 5, currency: 'CNY' },
        { minor: 7, currency: 'USD' },
      ],
    });
    expect(b).toMatchObject({ amount: { minor: 7, currency: 'CNY' }, amounts: [{ minor: 7, currency: 'CNY' }] });
  });

  it('show nothing in the currency of the others, or in CNY', () => {
    const dollars = line('A', { reached: 1, minor: 7, currency: 'USD' });
    expect(figuresOf(steps, [dollars]).stages[1]).toMatchObject({ amount: { minor: 0, currency: 'USD' }, amounts: [] });
    expect(figuresOf(steps, []).stages[1]).toMatchObject({ amount: { minor: 0, currency: 'CNY' }, amounts: [] });
  });

  it('name the reasons of losses, the most frequent one first', () => {
    const [a] = figuresOf(steps, [
      line('A', { lostHere: 1, lossReason: 'price' }),
      line('A', { lostHere: 2, lossReason: 'no budget' }),
      line('A', { lostHere: 1, lossReason: 'price', currency: 'USD' }),
      line('A', { lostHere: 3, lossReason: 'competitor' }),
    ]).stages;
    expect(a!.lostHere).toBe(7);
    expect(a!.lossReasons).toEqual([
      { reason: 'competitor', count: 3 },
      { reason: 'no budget', count: 2 },
      { reason: 'price', count: 2 },
    ]);
  });
});
