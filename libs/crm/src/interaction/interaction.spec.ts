import { describe, it } from '@jest/globals';
import { given } from '#event-sourcing/given.js';
import { interaction } from './interaction.decider.js';

const logged = {
  type: 'InteractionLogged',
  data: {
    interactionId: 'i1',
    customerId: 'c1',
    employeeId: 'li',
    opportunityId: 'o1',
    kind: 'VISIT',
    content: '演示产品\n讨论价格',
    result: '需要报价',
    happenedOn: '2026-03-02',
  },
} as const;
const { happenedOn: _, ...stated } = logged.data;
const retracted = {
  type: 'InteractionRetracted',
  data: {
    interactionId: 'i1',
    customerId: 'c1',
    employeeId: 'li',
    kind: 'VISIT',
    happenedOn: '2026-03-02',
    reason: '客户填错',
  },
} as const;

describe('an interaction', () => {
  it('is logged on the day it happened', () => {
    given(interaction).when('LogInteraction', stated, { id: 'i1' }).then(logged);
  });

  it('is logged once, whenever the same facts are stated', () => {
    given(interaction, logged).when('LogInteraction', stated, { id: 'i1', occurredOn: '2026-04-01' }).then();
    given(interaction, logged)
      .when('LogInteraction', { ...stated, kind: 'CALL' }, { id: 'i1' })
      .thenRefused('ALREADY_EXISTS');
  });

  it('is about an opportunity of the same customer', () => {
    given(interaction)
      .when('LogInteraction', stated, { related: { opportunityId: { customerId: 'c2' } } })
      .thenRefused('OTHER_CUSTOMER');
  });

  it('of somebody who has left can only have happened before', () => {
    const related = { employeeId: { name: '李雷', dismissedOn: '2026-03-02' } };
    given(interaction).when('LogInteraction', stated, { related }).thenRefused('EMPLOYEE_DISMISSED');
    given(interaction)
      .when('LogInteraction', stated, { id: 'i1', related, occurredOn: '2026-03-01' })
      .then({ ...logged, data: { ...logged.data, happenedOn: '2026-03-01' } });
  });

  it('that was logged by mistake is retracted once', () => {
    const command = { interactionId: 'i1', reason: '客户填错' };
    given(interaction, logged).when('RetractInteraction', command).then(retracted);
    given(interaction, logged, retracted).when('RetractInteraction', command).then();
  });
});
