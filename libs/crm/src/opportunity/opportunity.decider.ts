import { type Decider, type DecisionContext, once } from '#event-sourcing/decider.js';
import { refuse } from '#event-sourcing/refusal.js';
import type { CustomerFacts, EmployeeFacts, LeadFacts, OpportunityFacts, PipelineFacts } from '../facts.js';
import { mustBeEmployed } from '../rules.js';
import {
  advance,
  concerning,
  enter,
  lose,
  mustBeOpen,
  type Opportunity,
  reestimate,
  reopen,
  stepBack,
  win,
} from './moves.js';
import * as commands from './opportunity.commands.js';
import type { OpportunityEvents } from './opportunity.events.js';
import { stageCode } from './stages.js';

type Related = {
  customerId: CustomerFacts;
  leadId: LeadFacts;
  ownerId: EmployeeFacts;
  pipelineId: PipelineFacts;
};

/** What a new opportunity starts with unless the command says otherwise; stated again, it is as it was the first time. */
function startOf({ opened }: Opportunity, { occurredOn, related }: DecisionContext<Related>) {
  if (opened) return opened;
  const { id, version, stages } = related.pipelineId!;
  return {
    ownerId: related.leadId?.ownerId ?? related.customerId?.ownerId,
    pipelineId: id,
    pipelineVersion: version,
    stages: stages.map(({ stage }) => stage),
    stageNames: stages.map(({ name }) => name),
    openedOn: occurredOn,
  };
}

/** The opportunity (商机): its way through the stages of the pipeline that it began in. */
export const opportunity: Decider<Opportunity, OpportunityEvents, typeof commands, Related> = {
  stream: 'opportunity',
  commands,
  initial: {},

  decide: {
    OpenOpportunity: (command, state, context) => {
      const { customerId, leadId, name, source, campaignId, amount, expectedCloseOn, externalId } = command;
      const { stage: given, unstaged } = command;
      if (given && unstaged)
        throw refuse('STAGED_AND_UNSTAGED', 'An opportunity cannot start in a stage and outside of all of them.', {
          field: 'unstaged',
          allowed: 'either `stage` or `unstaged`',
        });
      if (!state.opened) mustBeEmployed(context.related.ownerId, context.occurredOn, 'ownerId');
      const start = startOf(state, context);
      const data = {
        opportunityId: context.id,
        customerId,
        leadId,
        name,
        ownerId: command.ownerId ?? start.ownerId,
        source,
        campaignId,
        amount,
        expectedCloseOn,
        pipelineId: command.pipelineId ?? start.pipelineId,
        pipelineVersion: start.pipelineVersion,
        stages: start.stages,
        stageNames: start.stageNames,
        openedOn: start.openedOn,
        externalId,
      };
      const stage = given ? stageCode(given, start) : start.stages[0]!;
      const opened = once(state.opened, { type: 'OpportunityOpened', data });
      if (opened.length === 0 || unstaged) return opened;
      return [...opened, ...advance(stage, { opened: data, ownerId: data.ownerId })];
    },
    AdvanceStage: ({ stage }, state) => advance(stageCode(stage, state.opened!), state),
    StepBack: ({ stage }, state) => stepBack(stageCode(stage, state.opened!), state),
    WinOpportunity: (command, state, { occurredOn }) => win(state, occurredOn, command),
    LoseOpportunity: ({ reason }, state, { occurredOn }) => lose(state, occurredOn, reason),
    ReopenOpportunity: ({ stage }, state) => {
      if (!stage && !state.end) return [];
      return reopen(stage ? stageCode(stage, state.opened!) : (state.stage ?? state.opened!.stages[0]!), state);
    },
    ReestimateOpportunity: (command, state) => {
      const events = reestimate(state, command);
      if (events.length > 0) mustBeOpen(state);
      return events;
    },
    HandOverOpportunity: ({ ownerId }, state, { occurredOn, related }) => {
      if (state.ownerId === ownerId) return [];
      mustBeEmployed(related.ownerId, occurredOn, 'ownerId');
      const data = { ...concerning(state), ownerId, previousOwnerId: state.ownerId };
      return [{ type: 'OpportunityHandedOver', data }];
    },
    RecordStageEntry: ({ stage, amount, reason }, state, { occurredOn }) => {
      if (stage === 'won') return win(state, occurredOn, { amount });
      if (stage === 'lost') {
        const lost = lose(state, occurredOn, reason);
        return lost.length === 0 ? [] : [...reestimate(state, { amount }), ...lost];
      }
      const entered = enter(stageCode(stage, state.opened!, ['won', 'lost']), state);
      return [...reestimate(state, { amount }), ...entered];
    },
  },

  evolve: {
    OpportunityOpened: (_, data) => ({
      opened: data,
      ownerId: data.ownerId,
      amount: data.amount,
      expectedCloseOn: data.expectedCloseOn,
    }),
    StageAdvanced: (state, { to }) => ({ ...state, stage: to }),
    StageSteppedBack: (state, { to }) => ({ ...state, stage: to }),
    OpportunityReestimated: (state, { amount, expectedCloseOn }) => ({
      ...state,
      amount: amount ?? state.amount,
      expectedCloseOn: expectedCloseOn ?? state.expectedCloseOn,
    }),
    OpportunityWon: (state, { amount }) => ({ ...state, amount: amount ?? state.amount, end: 'won' }),
    OpportunityLost: state => ({ ...state, end: 'lost' }),
    OpportunityReopened: (state, { to }) => ({ ...state, stage: to, end: undefined }),
    OpportunityHandedOver: (state, { ownerId }) => ({ ...state, ownerId }),
  },

  facts: ({ opened, ownerId }): OpportunityFacts => ({
    customerId: opened?.customerId,
    ownerId,
    campaignId: opened?.campaignId,
  }),
};
