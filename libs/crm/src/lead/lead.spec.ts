import { describe, it } from '@jest/globals';
import { given } from '#event-sourcing/given.js';
import { lead } from './lead.decider.js';

const captured = {
  type: 'LeadCaptured',
  data: { leadId: 'l1', name: '王芳', company: '华东机电', source: 'exhibition', ownerId: 'li' },
} as const;
const qualified = { type: 'LeadQualified', data: { leadId: 'l1', ownerId: 'li', score: 80 } } as const;
const disqualified = { type: 'LeadDisqualified', data: { leadId: 'l1', ownerId: 'li', reason: 'no budget' } } as const;
const converted = {
  type: 'LeadConverted',
  data: {
    leadId: 'l1',
    customerId: 'l1-customer',
    opportunityId: 'l1-opportunity',
    customerName: '华东机电',
    ownerId: 'li',
    source: 'exhibition',
  },
} as const;

describe('a lead', () => {
  it('is captured with its source and owner', () => {
    given(lead).when('CaptureLead', captured.data, { id: 'l1' }).then(captured);
  });

  it('is captured once, however often the same facts are stated', () => {
    given(lead, captured).when('CaptureLead', captured.data, { id: 'l1' }).then();
  });

  it('is not captured again with another name', () => {
    given(lead, captured)
      .when('CaptureLead', { ...captured.data, name: '李芳' }, { id: 'l1' })
      .thenRefused('ALREADY_EXISTS');
  });

  it('goes to another salesperson', () => {
    given(lead, captured)
      .when('AssignLead', { leadId: 'l1', ownerId: 'zhao' })
      .then({ type: 'LeadAssigned', data: { leadId: 'l1', ownerId: 'zhao', previousOwnerId: 'li' } });
  });

  it('stays with the salesperson who has it', () => {
    given(lead, captured).when('AssignLead', { leadId: 'l1', ownerId: 'li' }).then();
  });

  it('does not go to somebody who has left', () => {
    const gone = { related: { ownerId: { name: '赵强', dismissedOn: '2026-01-31' } } };
    given(lead, captured).when('AssignLead', { leadId: 'l1', ownerId: 'zhao' }, gone).thenRefused('EMPLOYEE_DISMISSED');
    given(lead)
      .when('CaptureLead', { ...captured.data, ownerId: 'zhao' }, { id: 'l1', ...gone })
      .thenRefused('EMPLOYEE_DISMISSED');
  });

  it('is qualified once', () => {
    given(lead, captured).when('QualifyLead', { leadId: 'l1', score: 80 }).then(qualified);
    given(lead, captured, qualified).when('QualifyLead', { leadId: 'l1', score: 90 }).then();
  });

  it('that was given up is neither qualified, assigned nor converted', () => {
    const given_up = given(lead, captured, disqualified);
    given_up.when('QualifyLead', { leadId: 'l1' }).thenRefused('LEAD_DISQUALIFIED');
    given_up.when('AssignLead', { leadId: 'l1', ownerId: 'zhao' }).thenRefused('LEAD_DISQUALIFIED');
    given_up.when('ConvertLead', { leadId: 'l1' }).thenRefused('LEAD_DISQUALIFIED');
    given_up.when('DisqualifyLead', { leadId: 'l1', reason: 'again' }).then();
  });

  it('becomes a customer named after its company', () => {
    given(lead, captured).when('ConvertLead', { leadId: 'l1' }).then(converted);
  });

  it('joins an existing customer', () => {
    const { customerName: _, ...joined } = converted.data;
    given(lead, captured, qualified)
      .when('ConvertLead', { leadId: 'l1', customerId: 'c7' })
      .then({ type: 'LeadConverted', data: { ...joined, customerId: 'c7' } });
  });

  it('that was converted is closed', () => {
    given(lead, captured, converted).when('ConvertLead', { leadId: 'l1' }).then();
    given(lead, captured, converted)
      .when('DisqualifyLead', { leadId: 'l1', reason: 'late' })
      .thenRefused('LEAD_CONVERTED');
  });
});
