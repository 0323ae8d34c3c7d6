import { describe, expect, it } from '@jest/globals';
import { given } from '#event-sourcing/given.js';
import { contract } from './contract.decider.js';

const instalments = [
  { dueOn: '2026-04-01', minor: 30_000 },
  { dueOn: '2026-07-01', minor: 70_000 },
];
const drafted = {
  type: 'ContractDrafted',
  data: {
    contractId: 'k1',
    customerId: 'c1',
    opportunityId: 'o1',
    ownerId: 'li',
    number: 'HT-2026-001',
    amount: { minor: 100_000, currency: 'CNY' },
    instalments,
  },
} as const;
const { ownerId: _, ...stated } = drafted.data;
const signed = {
  type: 'ContractSigned',
  data: {
    contractId: 'k1',
    customerId: 'c1',
    opportunityId: 'o1',
    ownerId: 'li',
    amount: { minor: 100_000, currency: 'CNY' },
    instalments,
    signedOn: '2026-03-02',
  },
} as const;
const terminated = {
  type: 'ContractTerminated',
  data: {
    contractId: 'k1',
    customerId: 'c1',
    opportunityId: 'o1',
    ownerId: 'li',
    reason: '违约',
    terminatedOn: '2026-03-02',
  },
} as const;
const related = { customerId: { ownerId: 'zhao' }, opportunityId: { customerId: 'c1', ownerId: 'li' } };
const k1 = { contractId: 'k1' };

describe('a contract', () => {
  it('is drafted for the owner of its opportunity', () => {
    given(contract).when('DraftContract', stated, { id: 'k1', related }).then(drafted);
  });

  it('is drafted for the owner of the customer if it has no opportunity', () => {
    const direct = { customerId: 'c1', amount: { minor: 5, currency: 'CNY' } };
    given(contract)
      .when('DraftContract', direct, { id: 'k1', related: { customerId: { ownerId: 'zhao' } } })
      .then({ type: 'ContractDrafted', data: { ...direct, contractId: 'k1', ownerId: 'zhao', instalments: [] } });
  });

  it('is drafted once, also after its customer and opportunity went to others', () => {
    const elsewhere = { customerId: { ownerId: 'wu' }, opportunityId: { customerId: 'c1', ownerId: 'wu' } };
    given(contract, drafted).when('DraftContract', stated, { id: 'k1', related: elsewhere }).then();
    given(contract, drafted)
      .when('DraftContract', { ...stated, number: 'HT-2026-002' }, { id: 'k1', related })
      .thenRefused('ALREADY_EXISTS');
  });

  it('does not close the opportunity of another customer', () => {
    given(contract)
      .when('DraftContract', stated, { related: { ...related, opportunityId: { customerId: 'c2' } } })
      .thenRefused('OTHER_CUSTOMER');
    given(contract)
      .when('DraftContract', { ...stated, ownerId: 'li' }, { id: 'k1', related: { ...related, opportunityId: {} } })
      .then(drafted);
  });

  it('is not given to somebody who has left', () => {
    const left = { ...related, ownerId: { name: '赵云', dismissedOn: '2026-01-01' } };
    given(contract)
      .when('DraftContract', { ...stated, ownerId: 'zhao' }, { related: left })
      .thenRefused('EMPLOYEE_DISMISSED');
  });

  it('has instalments that add up to its amount', () => {
    const short = [instalments[0]!];
    given(contract)
      .when('DraftContract', { ...stated, instalments: short })
      .thenRefused('INSTALMENTS_DONT_ADD_UP');
    given(contract, drafted)
      .when('SignContract', { ...k1, instalments: short })
      .thenRefused('INSTALMENTS_DONT_ADD_UP');
  });

  it('names both sums when its instalments do not add up', () => {
    const context = { id: 'k1', occurredOn: '2026-03-02', related: {} } as never;
    const command = { ...stated, instalments: [instalments[0]!] } as never;
    expect(() => contract.decide.DraftContract(command, contract.initial, context)).toThrow(
      expect.objectContaining({
        message: 'The instalments add up to CNY 300.00, but the contract is about CNY 1,000.00.',
        details: { field: 'instalments', allowed: 'a sum of 100000 in the smallest unit of CNY, not 30000' },
      }),
    );
  });

  it('is signed as drafted, once', () => {
    given(contract, drafted).when('SignContract', k1).then(signed);
    given(contract, drafted, signed).when('SignContract', k1).then();
  });

  it('is due as a whole on the day of signing if nothing else was agreed', () => {
    const plain = { ...drafted, data: { ...drafted.data, instalments: [] } };
    const due = [{ dueOn: '2026-02-28', minor: 100_000 }];
    given(contract, plain)
      .when('SignContract', { ...k1, signedOn: '2026-02-28' })
      .then({ ...signed, data: { ...signed.data, signedOn: '2026-02-28', instalments: due } });
  });

  it('may be signed with other instalments than drafted', () => {
    const other = [{ dueOn: '2026-05-01', minor: 100_000 }];
    given(contract, drafted)
      .when('SignContract', { ...k1, instalments: other })
      .then({ ...signed, data: { ...signed.data, instalments: other } });
  });

  it('is not signed on a day that has not come', () => {
    given(contract, drafted)
      .when('SignContract', { ...k1, signedOn: '2026-03-03' })
      .thenRefused('IN_THE_FUTURE');
  });

  it('is terminated once, drafted or signed', () => {
    given(contract, drafted)
      .when('TerminateContract', { ...k1, reason: '违约' })
      .then(terminated);
    given(contract, drafted, signed)
      .when('TerminateContract', { ...k1, reason: '违约' })
      .then(terminated);
    given(contract, drafted, signed, terminated)
      .when('TerminateContract', { ...k1, reason: '破产' })
      .then();
  });

  it('that was terminated is not signed', () => {
    given(contract, drafted, terminated).when('SignContract', k1).thenRefused('CONTRACT_TERMINATED');
    given(contract, drafted, signed, terminated).when('SignContract', k1).thenRefused('CONTRACT_TERMINATED');
  });

  it('has a number of its own and is known to others by customer, opportunity, owner and currency', () => {
    const state = { drafted: drafted.data, status: 'drafted' } as const;
    expect(contract.unique?.(state)).toEqual({ number: 'HT-2026-001' });
    expect(contract.facts?.(state)).toEqual({
      customerId: 'c1',
      opportunityId: 'o1',
      ownerId: 'li',
      currency: 'CNY',
    });
  });
});
