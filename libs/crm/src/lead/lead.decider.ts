import { type Decider, once } from '#event-sourcing/decider.js';
import { refuse } from '#event-sourcing/refusal.js';
import type { EmployeeFacts, LeadFacts } from '../facts.js';
import { mustBeEmployed } from '../rules.js';
import * as commands from './lead.commands.js';
import type { LeadEvents } from './lead.events.js';

interface Lead {
  readonly captured?: LeadEvents['LeadCaptured'];
  readonly ownerId?: string;
  /** That it became. */
  readonly customerId?: string;
  readonly status: 'new' | 'qualified' | 'disqualified' | 'converted';
}

/** A lead that was given up or converted is closed; only what repeats its end is accepted. */
function mustBeOpen({ status }: Lead): void {
  if (status === 'disqualified') throw refuse('LEAD_DISQUALIFIED', 'The lead was disqualified.');
  if (status === 'converted') throw refuse('LEAD_CONVERTED', 'The lead was converted to a customer already.');
}

/** The lead (线索). */
export const lead: Decider<Lead, LeadEvents, typeof commands, { ownerId: EmployeeFacts }> = {
  stream: 'lead',
  commands,
  initial: { status: 'new' },

  decide: {
    CaptureLead: (command, state, { id, occurredOn, related }) => {
      const { name, company, email, phone, source, campaignId, ownerId, region, externalId } = command;
      if (!state.captured) mustBeEmployed(related.ownerId, occurredOn, 'ownerId');
      const data = { leadId: id, name, company, email, phone, source, campaignId, ownerId, region, externalId };
      return once(state.captured, { type: 'LeadCaptured', data });
    },
    AssignLead: ({ leadId, ownerId }, state, { occurredOn, related }) => {
      if (state.ownerId === ownerId) return [];
      mustBeOpen(state);
      mustBeEmployed(related.ownerId, occurredOn, 'ownerId');
      return [{ type: 'LeadAssigned', data: { leadId, ownerId, previousOwnerId: state.ownerId } }];
    },
    QualifyLead: ({ leadId, score }, state) => {
      if (state.status === 'qualified') return [];
      mustBeOpen(state);
      return [{ type: 'LeadQualified', data: { leadId, ownerId: state.ownerId, score } }];
    },
    DisqualifyLead: ({ leadId, reason }, state) => {
      if (state.status === 'disqualified') return [];
      mustBeOpen(state);
      return [{ type: 'LeadDisqualified', data: { leadId, ownerId: state.ownerId, reason } }];
    },
    ConvertLead: ({ leadId, customerId, opportunityName, pipelineId, amount }, state) => {
      if (state.status === 'converted') return [];
      mustBeOpen(state);
      const { name, company, email, phone, source, campaignId, region } = state.captured!;
      const data = {
        leadId,
        // Derived from the lead, so that the policy and a repeated command name the same ones.
        customerId: customerId ?? `${leadId}-customer`,
        opportunityId: `${leadId}-opportunity`,
        customerName: customerId ? undefined : (company ?? name),
        opportunityName,
        ownerId: state.ownerId,
        source,
        campaignId,
        region,
        email,
        phone,
        pipelineId,
        amount,
      };
      return [{ type: 'LeadConverted', data }];
    },
  },

  evolve: {
    LeadCaptured: (_, data) => ({ captured: data, ownerId: data.ownerId, status: 'new' }),
    LeadAssigned: (state, { ownerId }) => ({ ...state, ownerId }),
    LeadQualified: state => ({ ...state, status: 'qualified' }),
    LeadDisqualified: state => ({ ...state, status: 'disqualified' }),
    LeadConverted: (state, { customerId }) => ({ ...state, customerId, status: 'converted' }),
  },

  belongsTo: ({ ownerId, customerId }) => ({ ownerId, customerId }),
  facts: ({ ownerId }): LeadFacts => ({ ownerId }),
};
