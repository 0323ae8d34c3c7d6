import { describe, expect, it } from '@jest/globals';
import { given } from '#event-sourcing/given.js';
import { account } from './account.decider.js';

const data = {
  accountId: 'p1',
  name: '甲公司',
  role: 'external',
  email: 'buyer@jia.example',
  customerId: 'c1',
} as const;
const opened = { type: 'AccountOpened', data } as const;
const closed = { type: 'AccountClosed', data: { accountId: 'p1', reason: 'left' } } as const;

describe('an account', () => {
  it('is opened once, however often the same facts are stated', () => {
    given(account).when('OpenAccount', data, { id: 'p1' }).then(opened);
    given(account, opened).when('OpenAccount', data, { id: 'p1' }).then();
    given(account, opened)
      .when('OpenAccount', { ...data, email: 'boss@jia.example' }, { id: 'p1' })
      .thenRefused('ALREADY_EXISTS');
  });

  it('is opened for an external user with a customer, and for nobody else with one', () => {
    given(account)
      .when('OpenAccount', { ...data, customerId: undefined })
      .thenRefused('CUSTOMER_OF_EXTERNALS');
    given(account)
      .when('OpenAccount', { ...data, role: 'analyst' })
      .thenRefused('CUSTOMER_OF_EXTERNALS');
  });

  it('is opened only with something that tokens can name', () => {
    given(account).when('OpenAccount', { name: '网站', role: 'integration' }).thenRefused('NO_WAY_IN');
    given(account)
      .when('OpenAccount', { name: '网站', role: 'integration', subject: 'website' }, { id: 'm1' })
      .then({
        type: 'AccountOpened',
        data: { accountId: 'm1', name: '网站', role: 'integration', subject: 'website' },
      });
  });

  it('is closed once, for good, and gives its e-mail back', () => {
    given(account, opened).when('CloseAccount', { accountId: 'p1', reason: 'left' }).then(closed);
    given(account, opened, closed).when('CloseAccount', { accountId: 'p1' }).then();
    given(account, opened, closed).when('OpenAccount', data, { id: 'p1' }).then();
    expect(account.unique?.({ opened: data, closed: false })).toEqual({ email: data.email, subject: undefined });
    expect(account.unique?.({ opened: data, closed: true })).toEqual({});
  });
});
