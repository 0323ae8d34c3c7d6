import { type Decider, type DecisionContext, once } from '#event-sourcing/decider.js';
import type { RecordedEvent } from '#event-sourcing/event.js';
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
  wasIn,
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

const ENDS: readonly string[] = ['won', 'lost'];

function withEntry({ entries }: Opportunity, stage: string, { metadata }: Pick<RecordedEvent, 'metadata'>) {
  return [...entries, { stage, at: metadata.occurredAt }];
}

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
  initial: { entries: [] },

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
      return [...opened, ...advance(stage, { opened: data, ownerId: data.ownerId, entries: [] })];
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
    RecordStageEntry: ({ stage: given, amount, reason }, state, { occurredAt, occurredOn }) => {
      const stage = ENDS.includes(given) ? given : stageCode(given, state.opened!, ENDS);
      if (wasIn(stage, state, occurredAt)) return [];
      if (stage === 'won') return win(state, occurredOn, { amount });
      const isNews = !state.estimatedAt || occurredAt >= state.estimatedAt;
      const estimated = isNews ? reestimate(state, { amount }) : [];
      if (stage !== 'lost') return [...estimated, ...enter(stage, state)];
      const lost = lose(state, occurredOn, reason);
      return lost.length === 0 ? [] : [...estimated, ...lost];
    },
  },

  evolve: {
    OpportunityOpened: (_, data) => ({
      opened: data,
      ownerId: data.ownerId,
      amount: data.amount,
      expectedCloseOn: data.expectedCloseOn,
      entries: [],
    }),
    StageAdvanced: (state, { to }, event) => ({ ...state, stage: to, entries: withEntry(state, to, event) }),
    StageSteppedBack: (state, { to }, event) => ({ ...state, stage: to, entries: withEntry(state, to, event) }),
    OpportunityReestimated: (state, { amount, expectedCloseOn }, { metadata }) => ({
      ...state,
      amount: amount ?? state.amount,
      expectedCloseOn: expectedCloseOn ?? state.expectedCloseOn,
      estimatedAt: metadata.occurredAt,
    }),
    OpportunityWon: (state, { amount }, event) => ({
      ...state,
      amount: amount ?? state.amount,
      end: 'won',
      entries: withEntry(state, 'won', event),
    }),
    OpportunityLost: (state, _, event) => ({ ...state, end: 'lost', entries: withEntry(state, 'lost', event) }),
    OpportunityReopened: (state, { to }, event) => ({
      ...state,
      stage: to,
      end: undefined,
      entries: withEntry(state, to, event),
    }),
    OpportunityHandedOver: (state, { ownerId }) => ({ ...state, ownerId }),
  },

  belongsTo: ({ opened, ownerId }) => ({ ownerId, customerId: opened?.customerId }),
  facts: ({ opened, ownerId }): OpportunityFacts => ({
    customerId: opened?.customerId,
    ownerId,
    campaignId: opened?.campaignId,
  }),
};
