import { describe, expect, it } from '@jest/globals';
import { titleOf } from './history.words.js';

describe('An event in words', () => {
  it('says what happened, with the Chinese term', () => {
    const data = {
      customerId: 'c1',
      paymentId: 'p1',
      amount: { minor: 123_456, currency: 'CNY' },
      paidOn: '2026-03-01',
    };
    expect(titleOf({ type: 'PaymentReceived', data })).toBe('Payment of 1,234.56 CNY received on 2026-03-01 (回款)');
  });

  it('shows amounts in the units of their currency', () => {
    const data = { campaignId: 'm1', cost: { minor: 5_000, currency: 'JPY' } };
    expect(titleOf({ type: 'CampaignCostRecorded', data })).toBe('Campaign cost 5,000 JPY recorded (市场活动费用)');
  });

  it('names the fields that changed', () => {
    const data = { customerId: 'c1', industry: null, phone: '021' };
    expect(titleOf({ type: 'CustomerProfileChanged', data })).toBe(
      'Customer profile changed (客户资料变更): industry, phone',
    );
  });

  it('is its type, if this version does not know it', () => {
    expect(titleOf({ type: 'PlanetColonised', data: {} })).toBe('PlanetColonised');
  });
});
