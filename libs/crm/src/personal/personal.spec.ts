import { describe, it } from '@jest/globals';
import { given } from '#event-sourcing/given.js';
import { personal } from './personal.decider.js';

const requested = {
  type: 'ErasureRequested',
  data: { erasureId: 'test', customerId: 'c1', requestedOn: '2026-03-02' },
} as const;

describe('The erasure of a person', () => {
  it('is requested by one id, once', () => {
    given(personal).when('ErasePerson', { erasureId: 'test', customerId: 'c1' }).then(requested);
    given(personal, requested).when('ErasePerson', { erasureId: 'test', customerId: 'c1' }).then();
    given(personal, requested).when('ErasePerson', { erasureId: 'test', leadId: 'l1' }).thenRefused('ALREADY_EXISTS');
  });

  it('names exactly one person, and of a contact the customer, too', () => {
    given(personal).when('ErasePerson', { erasureId: 'test' }).thenRefused('BAD_USER_INPUT');
    given(personal)
      .when('ErasePerson', { erasureId: 'test', customerId: 'c1', leadId: 'l1' })
      .thenRefused('BAD_USER_INPUT');
    given(personal).when('ErasePerson', { erasureId: 'test', contactId: '1' }).thenRefused('BAD_USER_INPUT');
    given(personal)
      .when('ErasePerson', { erasureId: 'test', customerId: 'c1', contactId: '1' })
      .then({ ...requested, data: { ...requested.data, contactId: '1' } });
  });

  it('is refused for whoever is still there', () => {
    const erased = (whom: object) => ({
      type: 'ErasureRequested' as const,
      data: { erasureId: 'test', requestedOn: '2026-03-02', ...whom },
    });
    const asked = given(personal);
    const account = (closed: boolean) => ({ related: { accountId: { closed } } });
    asked.when('ErasePerson', { erasureId: 'test', accountId: 'a' }, account(false)).thenRefused('STILL_ACTIVE');
    asked.when('ErasePerson', { erasureId: 'test', accountId: 'a' }, account(true)).then(erased({ accountId: 'a' }));
    const employee = (dismissedOn?: string) => ({ related: { employeeId: { name: 'Li', dismissedOn } } });
    const erase = { erasureId: 'test', employeeId: 'e' };
    asked.when('ErasePerson', erase, employee()).thenRefused('STILL_ACTIVE');
    asked.when('ErasePerson', erase, employee('2026-03-03')).thenRefused('STILL_ACTIVE');
    asked.when('ErasePerson', erase, employee('2026-03-02')).then(erased({ employeeId: 'e' }));
  });
});
