import { describe, expect, it } from '@jest/globals';
import { type Figure, figuresOf, type Line } from './sales-daily.figures.js';

const line = (figure: Figure, count: number, more: Partial<Line> = {}): Line => ({
  figure,
  kind: null,
  currency: null,
  count,
  minor: 0,
  ...more,
});

describe('the figures of a report', () => {
  it('are zeros without activity: nothing received is 0 CNY', () => {
    const nothing = { count: 0, amount: { minor: 0, currency: 'CNY' }, amounts: [] };
    expect(figuresOf([])).toEqual({
      receipts: nothing,
      contractsSigned: nothing,
      newCustomers: { count: 0 },
      interactions: [],
      tasksTaken: 0,
      tasksCompleted: 0,
      newLeads: 0,
      newOpportunities: 0,
    });
  });

  it('add up what was received, signed, won and done', () => {
    const figures = figuresOf([
      line('receipts', 2, { currency: 'CNY', minor: 30_000 }),
      line('receipts', 1, { currency: 'CNY', minor: 500 }),
      line('contractsSigned', 1, { currency: 'USD', minor: 9 }),
      line('newCustomers', 3),
      line('tasksTaken', 4),
      line('tasksCompleted', 1),
      line('newLeads', 5),
      line('newOpportunities', 6),
    ]);
    expect(figures.receipts).toMatchObject({ count: 3, amount: { minor: 30_500, currency: 'CNY' } });
    expect(figures.contractsSigned).toMatchObject({ count: 1, amount: { minor: 9, currency: 'USD' } });
    expect(figures).toMatchObject({
      newCustomers: { count: 3 },
      tasksTaken: 4,
      tasksCompleted: 1,
      newLeads: 5,
      newOpportunities: 6,
    });
  });

  it('never mix currencies: there is no single amount of two, but one for each', () => {
    const { receipts } = figuresOf([
      line('receipts', 1, { currency: 'USD', minor: 7 }),
      line('receipts', 2, { currency: 'CNY', minor: 100 }),
    ]);
    expect(receipts).toEqual({
      count: 3,
      amount: null,
      amounts: [
        { minor: 100, currency: 'CNY' },
        { minor: 7, currency: 'USD' },
      ],
    });
  });

  it('show contacts by kind, only the kinds that occur', () => {
    const { interactions } = figuresOf([
      line('interactions', 2, { kind: 'VISIT' }),
      line('interactions', 1, { kind: 'CALL' }),
      line('interactions', 3, { kind: 'VISIT' }),
    ]);
    expect(interactions).toEqual([
      { kind: 'CALL', count: 1 },
      { kind: 'VISIT', count: 5 },
    ]);
  });
});
