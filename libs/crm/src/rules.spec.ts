import { describe, expect, it } from '@jest/globals';
import { moneyText, sameMoney } from './money.js';
import { dayOf, mustBeEmployed, mustBeOfCustomer } from './rules.js';

describe('what several aggregates share', () => {
  it('nobody is given anything from the day of leaving on', () => {
    const left = { name: '李雷', dismissedOn: '2026-03-02' };
    const refusal = expect.objectContaining({
      code: 'EMPLOYEE_DISMISSED',
      message: '李雷 left the company on 2026-03-02.',
      details: { field: 'ownerId', allowed: 'somebody who was with the company on that day' },
    });
    expect(() => mustBeEmployed(left, '2026-03-02', 'ownerId')).toThrow(refusal);
    expect(() => mustBeEmployed(left, '2026-03-01', 'ownerId')).not.toThrow();
    expect(() => mustBeEmployed({ name: '李雷' }, '2026-03-02', 'ownerId')).not.toThrow();
    expect(() => mustBeEmployed(undefined, '2026-03-02', 'ownerId')).not.toThrow();
  });

  it('what belongs to one customer is not booked for another', () => {
    const refusal = expect.objectContaining({
      code: 'OTHER_CUSTOMER',
      details: { field: 'f', allowed: expect.any(String) },
    });
    expect(() => mustBeOfCustomer('c1', { customerId: 'c2' }, 'f')).toThrow(refusal);
    expect(() => mustBeOfCustomer('c1', { customerId: 'c1' }, 'f')).not.toThrow();
    expect(() => mustBeOfCustomer('c1', {}, 'f')).not.toThrow();
    expect(() => mustBeOfCustomer('c1', undefined, 'f')).not.toThrow();
  });

  it('a day is the stated one, else the one on which it happened, and never one still to come', () => {
    expect(dayOf('2026-03-01', '2026-03-02', 'paidOn')).toBe('2026-03-01');
    expect(dayOf(undefined, '2026-03-02', 'paidOn')).toBe('2026-03-02');
    expect(() => dayOf('2026-03-03', '2026-03-02', 'paidOn')).toThrow(
      expect.objectContaining({
        code: 'IN_THE_FUTURE',
        details: { field: 'paidOn', allowed: 'up to 2026-03-02' },
      }),
    );
  });

  it('amounts are the same only in the same currency', () => {
    expect(sameMoney({ minor: 5, currency: 'CNY' }, { minor: 5, currency: 'CNY' })).toBe(true);
    expect(sameMoney({ minor: 5, currency: 'CNY' }, { minor: 5, currency: 'USD' })).toBe(false);
    expect(sameMoney({ minor: 5, currency: 'CNY' }, { minor: 6, currency: 'CNY' })).toBe(false);
    expect(sameMoney({ minor: 0, currency: 'CNY' }, undefined)).toBe(false);
    expect(sameMoney(undefined, undefined)).toBe(true);
  });

  it('amounts are written with as many decimals as their currency has', () => {
    expect(moneyText({ minor: 123_450, currency: 'CNY' })).toBe('CNY 1,234.50');
    expect(moneyText({ minor: 1_234, currency: 'JPY' })).toBe('JPY 1,234');
    expect(moneyText({ minor: 1_234, currency: 'KWD' })).toBe('KWD 1.234');
  });
});
