import { beforeEach, describe, expect, it } from '@jest/globals';
import { DraftContract, SignContract } from '#crm/contract/contract.commands.js';
import { RegisterCustomer } from '#crm/customer/customer.commands.js';
import { DismissEmployee, HireEmployee } from '#crm/employee/employee.commands.js';
import { CaptureLead, ConvertLead } from '#crm/lead/lead.commands.js';
import { LoseOpportunity, OpenOpportunity, ReopenOpportunity } from '#crm/opportunity/opportunity.commands.js';
import { convertedLead } from '#crm/policies/converted-lead.policy.js';
import type { Policy } from '#crm/policies/policy.js';
import { runPolicy } from '#crm/policies/run-policy.js';
import { signedContractWinsOpportunity } from '#crm/policies/signed-contract-wins-opportunity.policy.js';
import { WrongExpectedRevision } from '#event-sourcing/event-store.js';
import { interrupted, MemoryCrm } from './support/memory-crm.js';

let crm: MemoryCrm;
let warnings: object[];
beforeEach(async () => {
  crm = await new MemoryCrm().withDefaultPipeline();
  warnings = [];
});

const log = { warn: (details: object) => warnings.push(details) };

async function run(policy: Policy, stream: string, process = crm.process()): Promise<void> {
  for (const event of await crm.events(stream))
    if ((policy.types as readonly string[]).includes(event.type)) await runPolicy(policy, event, process.executor, log);
}

async function signedContract(): Promise<void> {
  const { send } = crm.process();
  await send(RegisterCustomer, { customerId: 'c1', name: '华东机电' });
  await send(OpenOpportunity, { opportunityId: 'o1', customerId: 'c1' });
  const amount = { minor: 90_000, currency: 'CNY' };
  await send(DraftContract, { contractId: 'k1', customerId: 'c1', opportunityId: 'o1', amount });
  await send(SignContract, { contractId: 'k1', occurredAt: '2026-03-01T02:00:00.000Z' });
}

describe('a signed contract', () => {
  it('wins its opportunity once, however often the policy sees it', async () => {
    await signedContract();
    await run(signedContractWinsOpportunity, 'contract-k1');
    await run(signedContractWinsOpportunity, 'contract-k1');
    expect(await crm.story('opportunity-o1')).toEqual(['OpportunityOpened', 'StageAdvanced', 'OpportunityWon']);
    expect(warnings).toEqual([]);
  });

  it('does not win it again when it was reopened since', async () => {
    await signedContract();
    await run(signedContractWinsOpportunity, 'contract-k1');
    await crm.process().send(ReopenOpportunity, { opportunityId: 'o1' });
    await run(signedContractWinsOpportunity, 'contract-k1');
    expect((await crm.story('opportunity-o1')).at(-1)).toBe('OpportunityReopened');
  });

  it('stands in the history of the opportunity as the cause', async () => {
    await signedContract();
    await run(signedContractWinsOpportunity, 'contract-k1');
    const [, signed] = await crm.events('contract-k1');
    const won = (await crm.events('opportunity-o1')).at(-1)!;
    expect(won.data).toMatchObject({ contractId: 'k1', amount: { minor: 90_000 }, wonOn: '2026-03-01' });
    expect(won.metadata).toMatchObject({
      $causationId: signed!.id,
      $correlationId: signed!.metadata.$correlationId,
      actor: { id: 'policy:signed-contract-wins-opportunity', role: 'system' },
      occurredAt: '2026-03-01T02:00:00.000Z',
    });
  });

  it('does not win an opportunity that was lost; the refusal is logged', async () => {
    await signedContract();
    await crm.process().send(LoseOpportunity, { opportunityId: 'o1', reason: '价格' });
    await run(signedContractWinsOpportunity, 'contract-k1');
    expect(await crm.story('opportunity-o1')).not.toContain('OpportunityWon');
    expect(warnings).toMatchObject([{ command: 'WinOpportunity', code: 'OPPORTUNITY_CLOSED' }]);
  });

  it('is not forgotten when others keep writing to the opportunity', async () => {
    await signedContract();
    const restless = interrupted(crm.store, async stream => {
      throw new WrongExpectedRevision(stream, 0n, 1n);
    });
    const running = run(signedContractWinsOpportunity, 'contract-k1', crm.process(restless));
    await expect(running).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(warnings).toEqual([]);
  });
});

describe('a converted lead', () => {
  it('becomes a customer and an opportunity of its owner, also when the owner has left', async () => {
    const { send } = crm.process();
    await send(HireEmployee, { employeeId: 'li', name: '李雷' });
    await send(CaptureLead, { leadId: 'l1', name: '王芳', company: '华东机电', ownerId: 'li' });
    await send(DismissEmployee, { employeeId: 'li' });
    await send(ConvertLead, { leadId: 'l1' });
    await run(convertedLead, 'lead-l1');
    await run(convertedLead, 'lead-l1');
    const [customer, ...more] = await crm.events('customer-l1-customer');
    expect(customer!.data).toMatchObject({ name: '华东机电', ownerId: 'li', leadId: 'l1' });
    expect(more).toEqual([]);
    const [opened, advanced, ...others] = await crm.events('opportunity-l1-opportunity');
    expect(opened!.data).toMatchObject({
      customerId: 'l1-customer',
      ownerId: 'li',
      leadId: 'l1',
      pipelineId: 'default',
    });
    expect(advanced!.data).toMatchObject({ to: 'NeedsConfirmed' });
    expect(others).toEqual([]);
    expect(warnings).toEqual([]);
  });

  it('goes on with the next command when one is refused', async () => {
    const { send } = crm.process();
    await send(CaptureLead, { leadId: 'l1', name: '王芳' });
    await send(ConvertLead, { leadId: 'l1' });
    await send(RegisterCustomer, { customerId: 'l1-customer', name: '另一家' });
    await run(convertedLead, 'lead-l1');
    expect(warnings).toMatchObject([{ command: 'RegisterCustomer', code: 'ALREADY_EXISTS' }]);
    expect(await crm.story('opportunity-l1-opportunity')).toEqual(['OpportunityOpened', 'StageAdvanced']);
  });
});
