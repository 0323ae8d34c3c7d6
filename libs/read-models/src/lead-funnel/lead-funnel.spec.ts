import { describe, expect, it } from '@jest/globals';
import type { NewEvent } from '#event-sourcing/event.js';
import { foldInMemory } from '#projections/fold-in-memory.js';
import { happened, recorded } from '#test/support/history.js';
import { prospects } from './lead-funnel.projection.js';
import { stepsOf } from './lead-funnel.steps.js';

const captured = happened('2026-03-01', 'LeadCaptured', { leadId: 'l1', name: '王芳', ownerId: 'li', source: 'web' });
const assigned = happened('2026-03-02', 'LeadAssigned', { leadId: 'l1', ownerId: 'zhao', previousOwnerId: 'li' });
const qualified = happened('2026-03-02', 'LeadQualified', { leadId: 'l1' });
const disqualified = happened('2026-03-03', 'LeadDisqualified', { leadId: 'l1', reason: '空号' });
const amount = { minor: 500, currency: 'CNY' };
const at = { opportunityId: 'l1-opportunity' };
const converted = happened('2026-03-03', 'LeadConverted', { leadId: 'l1', customerId: 'c1', ...at, amount });
const pipeline = { pipelineId: 'default', pipelineVersion: 1, stages: ['A'] };
const opened = happened('2026-03-03', 'OpportunityOpened', {
  ...{ ...at, ...pipeline, leadId: 'l1', ownerId: 'zhao', openedOn: '2026-03-03', amount },
});
const won = happened('2026-03-09', 'OpportunityWon', { ...at, wonOn: '2026-03-09' });
const lost = happened('2026-03-09', 'OpportunityLost', { ...at, reason: '价格', lostOn: '2026-03-09' });
const reopened = happened('2026-03-10', 'OpportunityReopened', { ...at, from: 'lost', to: 'A' });
const contract = { contractId: 'k1', customerId: 'c1', ...at };
const signed = happened('2026-03-09', 'ContractSigned', {
  ...{ ...contract, amount, instalments: [{ dueOn: '2026-04-01', minor: 500 }], signedOn: '2026-03-09' },
});
const paid = happened('2026-04-01', 'PaymentReceived', { ...contract, paymentId: 'p1', amount, paidOn: '2026-04-01' });

/** The only row after these events. */
function prospectAfter(...events: readonly NewEvent[]) {
  const rows = foldInMemory({ prospects }, recorded(events), 'Asia/Shanghai').prospects;
  expect(rows.length).toBe(1);
  return rows[0]!;
}

/** The steps that were reached, and where it is now. */
function counted(...events: readonly NewEvent[]) {
  const steps = stepsOf(prospectAfter(...events));
  const where = (figure: keyof (typeof steps)[number]) => steps.filter(step => step[figure]).map(({ stage }) => stage);
  const lost = where('lostHere').map(stage => `lost ${stage}`);
  return { reached: where('reached').join(' '), here: [...where('openHere'), ...lost, ...where('wonHere')].join(' ') };
}

describe('a lead in the lead funnel', () => {
  it('belongs to the day of its capture, and to whoever had it then', () => {
    expect(prospectAfter(captured, assigned, converted, opened)).toMatchObject({
      ...{ direct: false, cohortOn: '2026-03-01', ownerId: 'li', source: 'web' },
    });
  });

  it('is open in the step that it has reached', () => {
    expect(counted(captured)).toEqual({ reached: 'captured', here: 'captured' });
    expect(counted(captured, qualified)).toEqual({ reached: 'captured qualified', here: 'qualified' });
  });

  it('is lost where it was disqualified, with the reason', () => {
    expect(counted(captured, disqualified)).toEqual({ reached: 'captured', here: 'lost captured' });
    expect(counted(captured, qualified, disqualified).here).toBe('lost qualified');
    expect(stepsOf(prospectAfter(captured, disqualified)).at(-1)).toEqual({
      ...{ stage: 'captured', lossReason: '空号', lostHere: 1 },
    });
  });

  it('that was converted counts as qualified, also before its opportunity is opened', () => {
    expect(counted(captured, converted)).toEqual({ reached: 'captured qualified converted', here: 'converted' });
    expect(counted(captured, converted, opened)).toEqual({
      reached: 'captured qualified converted',
      here: 'converted',
    });
  });

  it('goes on as the opportunity that it became, to the last payment', () => {
    const sold = [captured, converted, opened, won, signed];
    expect(counted(...sold)).toEqual({ reached: 'captured qualified converted won', here: 'won' });
    expect(counted(...sold, paid)).toEqual({ reached: 'captured qualified converted won paid', here: 'won' });
  });

  it('is lost as converted when its opportunity is lost, until that is reopened', () => {
    expect(counted(captured, converted, opened, lost)).toEqual({
      reached: 'captured qualified converted',
      here: 'lost converted',
    });
    expect(counted(captured, converted, opened, lost, reopened).here).toBe('converted');
  });
});

describe('an opportunity without a lead', () => {
  const direct = happened('2026-03-05', 'OpportunityOpened', {
    ...{ ...at, ...pipeline, ownerId: 'li', openedOn: '2026-03-04', amount },
  });

  it('is a direct one of the day of its opening', () => {
    expect(prospectAfter(direct)).toMatchObject({ direct: true, cohortOn: '2026-03-04', ownerId: 'li' });
    expect(counted(direct)).toEqual({ reached: 'opened', here: 'opened' });
    expect(counted(direct, lost)).toEqual({ reached: 'opened', here: 'lost opened' });
    expect(counted(direct, won, signed, paid)).toEqual({ reached: 'opened won paid', here: 'won' });
  });
});
