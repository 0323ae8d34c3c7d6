import { describe, expect, it } from '@jest/globals';
import { given } from '#event-sourcing/given.js';
import { opportunity } from './opportunity.decider.js';

const opened = {
  type: 'OpportunityOpened',
  data: {
    opportunityId: 'o1',
    customerId: 'c1',
    name: '数控机床',
    ownerId: 'li',
    amount: { minor: 100_000, currency: 'CNY' },
    pipelineId: 'default',
    pipelineVersion: 3,
    stages: ['Needs', 'Proposal', 'Negotiation'],
    stageNames: ['需求确认', '方案报价', '合同谈判'],
    openedOn: '2026-03-02',
  },
} as const;
const pipelineId = {
  id: 'default',
  version: 3,
  stages: opened.data.stages.map((stage, index) => ({ stage, name: opened.data.stageNames[index]! })),
};
const command = { customerId: 'c1', name: '数控机床', amount: { minor: 100_000, currency: 'CNY' } };
const related = { pipelineId, customerId: { ownerId: 'li' } };
const who = { opportunityId: 'o1', customerId: 'c1', ownerId: 'li' };
const inNeeds = { type: 'StageAdvanced', data: { ...who, to: 'Needs' } } as const;
const inProposal = { type: 'StageAdvanced', data: { ...who, from: 'Needs', to: 'Proposal' } } as const;
const won = {
  type: 'OpportunityWon',
  data: { ...who, from: 'Proposal', amount: { minor: 100_000, currency: 'CNY' }, wonOn: '2026-03-02' },
} as const;
const lost = {
  type: 'OpportunityLost',
  data: { ...who, from: 'Proposal', reason: '价格', lostOn: '2026-03-02' },
} as const;
const o1 = { opportunityId: 'o1' };
const running = [opened, inNeeds, inProposal] as const;
const left = { ownerId: { name: '赵云', dismissedOn: '2026-01-01' } };

describe('an opportunity', () => {
  it('is opened in the first stage of its pipeline, with the customer’s owner', () => {
    given(opportunity).when('OpenOpportunity', command, { id: 'o1', related }).then(opened, inNeeds);
  });

  it('starts in the stage that is said, by code or by name', () => {
    const inNegotiation = { type: 'StageAdvanced', data: { ...who, to: 'Negotiation' } } as const;
    const open = (stage: string) =>
      given(opportunity).when('OpenOpportunity', { ...command, stage }, { id: 'o1', related });
    open('Negotiation').then(opened, inNegotiation);
    open('合同谈判').then(opened, inNegotiation);
    open('won').thenRefused('UNKNOWN_STAGE');
  });

  it('may be left outside the stages, but not at the same time inside', () => {
    const circumstances = { id: 'o1', related };
    given(opportunity)
      .when('OpenOpportunity', { ...command, unstaged: true }, circumstances)
      .then(opened);
    given(opportunity)
      .when('OpenOpportunity', { ...command, unstaged: true, stage: 'Needs' }, circumstances)
      .thenRefused('STAGED_AND_UNSTAGED');
  });

  it('is opened once, also after its pipeline and its customer’s owner have changed', () => {
    const later = {
      id: 'o1',
      occurredOn: '2026-04-01',
      related: { pipelineId: { id: 'default', version: 4, stages: [] }, customerId: { ownerId: 'zhao' } },
    };
    given(opportunity, ...running)
      .when('OpenOpportunity', command, later)
      .then();
    given(opportunity, ...running)
      .when('OpenOpportunity', { ...command, name: '机器人' }, later)
      .thenRefused('ALREADY_EXISTS');
  });

  it('belongs to who is named, else to the owner of the lead', () => {
    const openedBy = (ownerId: string) => ({ ...opened, data: { ...opened.data, ownerId } });
    given(opportunity)
      .when('OpenOpportunity', { ...command, unstaged: true, ownerId: 'zhao' }, { id: 'o1', related })
      .then(openedBy('zhao'));
    const { leadId: _, ...data } = { ...openedBy('wang').data, leadId: 'l1' };
    given(opportunity)
      .when(
        'OpenOpportunity',
        { ...command, unstaged: true, leadId: 'l1' },
        { id: 'o1', related: { ...related, leadId: { ownerId: 'wang' } } },
      )
      .then({ type: 'OpportunityOpened', data: { ...data, leadId: 'l1' } });
  });

  it('is not given to somebody who has left', () => {
    given(opportunity)
      .when('OpenOpportunity', { ...command, ownerId: 'zhao' }, { related: { ...related, ...left } })
      .thenRefused('EMPLOYEE_DISMISSED');
    given(opportunity, ...running)
      .when('HandOverOpportunity', { ...o1, ownerId: 'zhao' }, { related: left })
      .thenRefused('EMPLOYEE_DISMISSED');
    given(opportunity, ...running)
      .when('HandOverOpportunity', { ...o1, ownerId: 'zhao' }, { related: left, occurredOn: '2025-12-31' })
      .then({ type: 'OpportunityHandedOver', data: { ...who, ownerId: 'zhao', previousOwnerId: 'li' } });
  });

  it('is handed over, also when it has ended, and then acts for its new owner', () => {
    const handedOver = {
      type: 'OpportunityHandedOver',
      data: { ...who, ownerId: 'zhao', previousOwnerId: 'li' },
    } as const;
    given(opportunity, ...running, won)
      .when('HandOverOpportunity', { ...o1, ownerId: 'zhao' })
      .then(handedOver);
    given(opportunity, ...running, handedOver)
      .when('HandOverOpportunity', { ...o1, ownerId: 'zhao' })
      .then();
    given(opportunity, opened, handedOver)
      .when('AdvanceStage', { ...o1, stage: 'Needs' })
      .then({ type: 'StageAdvanced', data: { ...who, ownerId: 'zhao', to: 'Needs' } });
  });

  it('is estimated anew in what differs', () => {
    const estimate = { ...o1, amount: { minor: 100_000, currency: 'CNY' }, expectedCloseOn: '2026-06-30' };
    const reestimated = { type: 'OpportunityReestimated', data: { ...who, expectedCloseOn: '2026-06-30' } } as const;
    given(opportunity, ...running)
      .when('ReestimateOpportunity', estimate)
      .then(reestimated);
    given(opportunity, ...running, reestimated)
      .when('ReestimateOpportunity', estimate)
      .then();
    given(opportunity, ...running)
      .when('ReestimateOpportunity', o1)
      .then();
  });

  it('is known to others by customer, owner and campaign', () => {
    const state = { opened: { ...opened.data, campaignId: 'fair' }, ownerId: 'zhao', entries: [] };
    expect(opportunity.facts?.(state)).toEqual({ customerId: 'c1', ownerId: 'zhao', campaignId: 'fair' });
  });
});

describe('an opportunity on its way', () => {
  it('advances to any later stage, by code or by name', () => {
    given(opportunity, opened, inNeeds)
      .when('AdvanceStage', { ...o1, stage: '方案报价' })
      .then(inProposal);
    given(opportunity, opened, inNeeds)
      .when('AdvanceStage', { ...o1, stage: 'Negotiation' })
      .then({ type: 'StageAdvanced', data: { ...who, from: 'Needs', to: 'Negotiation' } });
  });

  it('may enter any stage when it is in none', () => {
    given(opportunity, opened)
      .when('AdvanceStage', { ...o1, stage: 'Proposal' })
      .then({ type: 'StageAdvanced', data: { ...who, to: 'Proposal' } });
  });

  it('is where it is', () => {
    given(opportunity, ...running)
      .when('AdvanceStage', { ...o1, stage: 'Proposal' })
      .then();
    given(opportunity, ...running)
      .when('StepBack', { ...o1, stage: 'Proposal' })
      .then();
  });

  it('steps back to an earlier stage', () => {
    given(opportunity, ...running)
      .when('StepBack', { ...o1, stage: '需求确认' })
      .then({ type: 'StageSteppedBack', data: { ...who, from: 'Proposal', to: 'Needs' } });
  });

  it('neither advances backwards nor steps back forwards', () => {
    given(opportunity, ...running)
      .when('AdvanceStage', { ...o1, stage: 'Needs' })
      .thenRefused('NOT_A_LATER_STAGE');
    given(opportunity, ...running)
      .when('StepBack', { ...o1, stage: 'Negotiation' })
      .thenRefused('NOT_AN_EARLIER_STAGE');
    given(opportunity, opened)
      .when('StepBack', { ...o1, stage: 'Needs' })
      .thenRefused('NOT_AN_EARLIER_STAGE');
  });

  it('says which stages there are when it does not know one', () => {
    const state = { opened: opened.data, entries: [] };
    const decide = () => opportunity.decide.AdvanceStage({ ...o1, stage: '投标' } as never, state, {} as never);
    expect(decide).toThrow(
      expect.objectContaining({
        code: 'UNKNOWN_STAGE',
        details: { field: 'stage', allowed: ['Needs', 'Proposal', 'Negotiation'] },
      }),
    );
  });
});

describe('an opportunity at its end', () => {
  it('is won with what was expected last, or with what is said', () => {
    given(opportunity, ...running)
      .when('WinOpportunity', o1)
      .then(won);
    const amount = { minor: 90_000, currency: 'CNY' };
    given(opportunity, ...running)
      .when('WinOpportunity', { ...o1, amount, contractId: 'k1' })
      .then({ type: 'OpportunityWon', data: { ...won.data, amount, contractId: 'k1' } });
  });

  it('is lost for a reason', () => {
    given(opportunity, ...running)
      .when('LoseOpportunity', { ...o1, reason: '价格' })
      .then(lost);
  });

  it('ends once', () => {
    given(opportunity, ...running, won)
      .when('WinOpportunity', o1)
      .then();
    given(opportunity, ...running, lost)
      .when('LoseOpportunity', { ...o1, reason: '没有预算' })
      .then();
  });

  it('is closed', () => {
    for (const end of [won, lost] as const) {
      const closed = given(opportunity, ...running, end);
      closed.when('AdvanceStage', { ...o1, stage: 'Negotiation' }).thenRefused('OPPORTUNITY_CLOSED');
      closed.when('StepBack', { ...o1, stage: 'Needs' }).thenRefused('OPPORTUNITY_CLOSED');
      closed
        .when('ReestimateOpportunity', { ...o1, amount: { minor: 1, currency: 'CNY' } })
        .thenRefused('OPPORTUNITY_CLOSED');
    }
    given(opportunity, ...running, won)
      .when('LoseOpportunity', { ...o1, reason: '价格' })
      .thenRefused('OPPORTUNITY_CLOSED');
    given(opportunity, ...running, lost)
      .when('WinOpportunity', o1)
      .thenRefused('OPPORTUNITY_CLOSED');
  });

  it('is reopened where it ended, or in another stage', () => {
    given(opportunity, ...running, lost)
      .when('ReopenOpportunity', o1)
      .then({ type: 'OpportunityReopened', data: { ...who, from: 'lost', to: 'Proposal' } });
    given(opportunity, ...running, won)
      .when('ReopenOpportunity', { ...o1, stage: '需求确认' })
      .then({ type: 'OpportunityReopened', data: { ...who, from: 'won', to: 'Needs' } });
  });

  it('is reopened in the first stage if it never was in one', () => {
    const { from: _, ...data } = lost.data;
    given(opportunity, opened, { type: 'OpportunityLost', data })
      .when('ReopenOpportunity', o1)
      .then({ type: 'OpportunityReopened', data: { ...who, from: 'lost', to: 'Needs' } });
  });

  it('goes on after it was reopened', () => {
    const reopened = { type: 'OpportunityReopened', data: { ...who, from: 'lost', to: 'Needs' } } as const;
    given(opportunity, ...running, lost, reopened)
      .when('AdvanceStage', { ...o1, stage: 'Proposal' })
      .then(inProposal);
  });

  it('is not reopened while it is open', () => {
    given(opportunity, ...running)
      .when('ReopenOpportunity', o1)
      .then();
    given(opportunity, ...running)
      .when('ReopenOpportunity', { ...o1, stage: 'Proposal' })
      .then();
    given(opportunity, ...running)
      .when('ReopenOpportunity', { ...o1, stage: 'Needs' })
      .thenRefused('OPPORTUNITY_OPEN');
  });
});

describe('a recorded stage entry', () => {
  const amount = { minor: 80_000, currency: 'CNY' };
  const reestimated = { type: 'OpportunityReestimated', data: { ...who, amount } } as const;

  it('advances, steps back or changes nothing, as the stage demands', () => {
    given(opportunity, opened)
      .when('RecordStageEntry', { ...o1, stage: '需求确认' })
      .then(inNeeds);
    given(opportunity, opened, inNeeds)
      .when('RecordStageEntry', { ...o1, stage: 'Proposal' })
      .then(inProposal);
    given(opportunity, ...running)
      .when('RecordStageEntry', { ...o1, stage: 'Needs' })
      .then({ type: 'StageSteppedBack', data: { ...who, from: 'Proposal', to: 'Needs' } });
    given(opportunity, ...running)
      .when('RecordStageEntry', { ...o1, stage: 'Proposal' })
      .then();
  });

  it('reopens what had ended', () => {
    given(opportunity, ...running, won)
      .when('RecordStageEntry', { ...o1, stage: 'Negotiation' })
      .then({ type: 'OpportunityReopened', data: { ...who, from: 'won', to: 'Negotiation' } });
  });

  it('wins with the amount that is said', () => {
    given(opportunity, ...running)
      .when('RecordStageEntry', { ...o1, stage: 'won' })
      .then(won);
    given(opportunity, ...running)
      .when('RecordStageEntry', { ...o1, stage: 'won', amount })
      .then({ type: 'OpportunityWon', data: { ...won.data, amount } });
    given(opportunity, ...running, won)
      .when('RecordStageEntry', { ...o1, stage: 'won', amount })
      .then();
  });

  it('loses, but not without a reason', () => {
    given(opportunity, ...running)
      .when('RecordStageEntry', { ...o1, stage: 'lost', reason: '价格' })
      .then(lost);
    given(opportunity, ...running)
      .when('RecordStageEntry', { ...o1, stage: 'lost' })
      .thenRefused('REASON_REQUIRED');
    given(opportunity, ...running, lost)
      .when('RecordStageEntry', { ...o1, stage: 'lost', amount })
      .then();
  });

  it('notes another amount before it moves', () => {
    given(opportunity, opened, inNeeds)
      .when('RecordStageEntry', { ...o1, stage: 'Proposal', amount })
      .then(reestimated, inProposal);
    given(opportunity, ...running)
      .when('RecordStageEntry', { ...o1, stage: 'lost', reason: '价格', amount })
      .then(reestimated, lost);
    given(opportunity, ...running)
      .when('RecordStageEntry', { ...o1, stage: 'Proposal', amount })
      .then(reestimated);
    given(opportunity, opened, inNeeds)
      .when('RecordStageEntry', { ...o1, stage: 'Proposal', amount: { minor: 100_000, currency: 'CNY' } })
      .then(inProposal);
  });

  it('does not go from one end to the other', () => {
    given(opportunity, ...running, lost)
      .when('RecordStageEntry', { ...o1, stage: 'won' })
      .thenRefused('OPPORTUNITY_CLOSED');
    given(opportunity, ...running, won)
      .when('RecordStageEntry', { ...o1, stage: 'lost', reason: '价格' })
      .thenRefused('OPPORTUNITY_CLOSED');
  });

  it('does not come before one that is recorded already', () => {
    const earlier = { occurredAt: '2026-03-01T02:00:00.000Z', occurredOn: '2026-03-01' };
    for (const stage of ['Needs', 'Proposal', 'Negotiation', 'won', 'lost'])
      given(opportunity, ...running)
        .when('RecordStageEntry', { ...o1, stage, reason: '价格' }, earlier)
        .thenRefused('LATER_STAGE_KNOWN');
  });

  it('names the ends among the stages that there are', () => {
    const state = { opened: opened.data, entries: [] };
    const decide = () => opportunity.decide.RecordStageEntry({ ...o1, stage: '投标' } as never, state, {} as never);
    expect(decide).toThrow(
      expect.objectContaining({
        details: { field: 'stage', allowed: ['Needs', 'Proposal', 'Negotiation', 'won', 'lost'] },
      }),
    );
  });
});
