import { describe, expect, it } from '@jest/globals';
import type { RecordedEvent } from '#event-sourcing/event.js';
import { RegisterCustomer } from '../customer/customer.commands.js';
import type { CrmEvents } from '../events.js';
import { OpenOpportunity, WinOpportunity } from '../opportunity/opportunity.commands.js';
import { convertedLead } from './converted-lead.policy.js';
import { policies } from './policies.js';
import { signedContractWinsOpportunity } from './signed-contract-wins-opportunity.policy.js';

const occurredAt = '2026-03-01T02:00:00.000Z';

function recorded<Type extends keyof CrmEvents>(
  type: Type,
  data: CrmEvents[Type],
): RecordedEvent<Type, CrmEvents[Type]> {
  const metadata = {
    $correlationId: 'x',
    $causationId: 'x',
    actor: { id: 'li', role: 'sales' },
    occurredAt,
    schemaVersion: 1,
  };
  const recordedAt = '2026-03-02T02:00:00.000Z';
  return { id: 'e1', type, data, metadata, recordedAt, stream: 's', revision: 0n, position: 1n, storedAt: recordedAt };
}

describe('a signed contract', () => {
  const amount = { minor: 90_000, currency: 'CNY' };
  const data = { contractId: 'k1', customerId: 'c1', amount, instalments: [], signedOn: '2026-03-01' };

  it('wins its opportunity with its amount, at the time of signing', () => {
    const event = recorded('ContractSigned', { ...data, opportunityId: 'o1' });
    expect(signedContractWinsOpportunity.commands(event)).toEqual([
      { command: WinOpportunity, input: { opportunityId: 'o1', amount, contractId: 'k1', occurredAt } },
    ]);
  });

  it('without an opportunity wins none', () => {
    expect(signedContractWinsOpportunity.commands(recorded('ContractSigned', data))).toEqual([]);
  });
});

describe('a converted lead', () => {
  const amount = { minor: 50_000, currency: 'CNY' };
  const data = {
    leadId: 'l1',
    customerId: 'l1-customer',
    opportunityId: 'l1-opportunity',
    customerName: '华东机电',
    opportunityName: '数控机床',
    ownerId: 'li',
    source: 'exhibition',
    campaignId: 'fair',
    region: '华东',
    email: 'buy@example.com',
    phone: '139',
    pipelineId: 'bids',
    amount,
  };
  const open = {
    command: OpenOpportunity,
    input: {
      opportunityId: 'l1-opportunity',
      customerId: 'l1-customer',
      leadId: 'l1',
      name: '数控机床',
      source: 'exhibition',
      campaignId: 'fair',
      pipelineId: 'bids',
      amount,
      occurredAt,
    },
  };

  it('becomes a customer and then an opportunity', () => {
    const register = {
      command: RegisterCustomer,
      input: {
        customerId: 'l1-customer',
        name: '华东机电',
        region: '华东',
        email: 'buy@example.com',
        phone: '139',
        leadId: 'l1',
        occurredAt,
      },
    };
    expect(convertedLead.commands(recorded('LeadConverted', data))).toEqual([register, open]);
  });

  it('becomes a customer without what older versions took for an e-mail or a telephone number', () => {
    const [register] = convertedLead.commands(recorded('LeadConverted', { ...data, email: 'none', phone: '无' }));
    expect(register?.input).toMatchObject({ name: '华东机电', email: undefined, phone: undefined });
  });

  it('of an existing customer becomes an opportunity only', () => {
    const { customerName: _, ...existing } = { ...data, customerId: 'c7' };
    expect(convertedLead.commands(recorded('LeadConverted', existing))).toEqual([
      { ...open, input: { ...open.input, customerId: 'c7' } },
    ]);
  });
});

describe('the list of policies', () => {
  it('gives each a name of its own', () => {
    const names = policies.map(({ name }) => name);
    expect(names).toEqual(['converted-lead', 'signed-contract-wins-opportunity']);
  });
});
