import { describe, expect, it } from '@jest/globals';
import type { EventStore } from '#event-sourcing/event-store.js';
import { type Identity, viewerOf } from '#platform/access/viewer.js';
import type { Envelope } from '#platform/graphql/command.js';
import { MemoryCrm } from '#test/support/memory-crm.js';
import { DraftContract } from '../contract/contract.commands.js';
import {
  AddContact,
  ChangeCustomerProfile,
  HandOverCustomer,
  RegisterCustomer,
} from '../customer/customer.commands.js';
import { HireEmployee } from '../employee/employee.commands.js';
import { LogInteraction, RetractInteraction } from '../interaction/interaction.commands.js';
import { AssignLead, CaptureLead, QualifyLead } from '../lead/lead.commands.js';
import { AdvanceStage, OpenOpportunity } from '../opportunity/opportunity.commands.js';

/** Li and Han sell, Zhao leads both of them; Wang leads nobody. */
async function company() {
  const crm = await new MemoryCrm().withDefaultPipeline();
  const { executor, send } = crm.process();
  for (const employeeId of ['li', 'han', 'zhao', 'wang']) await send(HireEmployee, { employeeId, name: employeeId });
  const as = (identity: Omit<Identity, 'id'> & { id?: string }) => {
    const id = identity.id ?? identity.employeeId ?? 'somebody';
    const team = identity.employeeId === 'zhao' ? ['zhao', 'li', 'han'] : [identity.employeeId ?? ''];
    const viewer = viewerOf({ ...identity, id }, (own, scope) => (scope === 'own' ? [own] : team));
    return <Command extends Envelope>(type: new () => Command, input: object) =>
      executor.send(type, input, { actor: viewer.actor, viewer });
  };
  const seller = (employeeId: string) => as({ employeeId, roles: ['salesperson'] });
  return {
    crm,
    send,
    as,
    li: seller('li'),
    han: seller('han'),
    zhao: as({ employeeId: 'zhao', roles: ['teamLeader'] }),
  };
}

const refused = (code: string, message?: string) => expect.objectContaining({ code, ...(message && { message }) });

describe('Who sells', () => {
  it('owns what is created without saying whose it is, and may not create it for others', async () => {
    const { crm, li } = await company();
    await li(CaptureLead, { leadId: 'l1', name: '王芳' });
    expect((await crm.events('lead-l1'))[0]?.data).toMatchObject({ ownerId: 'li' });
    await expect(li(CaptureLead, { leadId: 'l2', name: '王芳', ownerId: 'han' })).rejects.toEqual(refused('FORBIDDEN'));
    expect(await crm.events('lead-l2')).toEqual([]);
  });

  it('changes the own records, and does not find those of others', async () => {
    const { li, han } = await company();
    await li(CaptureLead, { leadId: 'l1', name: '王芳' });
    await expect(han(QualifyLead, { leadId: 'l1' })).rejects.toEqual(refused('NOT_FOUND', 'There is no lead l1.'));
    expect((await li(QualifyLead, { leadId: 'l1' })).changed).toBe(true);
  });

  it('does not find what nobody owns, which the team leader gives out', async () => {
    const { send, li, zhao } = await company();
    await send(CaptureLead, { leadId: 'l1', name: '王芳' });
    await expect(li(QualifyLead, { leadId: 'l1' })).rejects.toEqual(refused('NOT_FOUND'));
    await zhao(AssignLead, { leadId: 'l1', ownerId: 'li' });
    expect((await li(QualifyLead, { leadId: 'l1' })).changed).toBe(true);
  });

  it('refers only to records that are visible', async () => {
    const { li, han } = await company();
    await li(RegisterCustomer, { customerId: 'c1', name: '甲' });
    const open = { opportunityId: 'o1', customerId: 'c1' };
    await expect(han(OpenOpportunity, open)).rejects.toEqual(refused('NOT_FOUND', 'There is no customer c1.'));
    expect((await li(OpenOpportunity, open)).changed).toBe(true);
  });

  it('cannot learn from an id that is taken what stands behind it', async () => {
    const { li, han } = await company();
    await li(RegisterCustomer, { customerId: 'c1', name: '甲', phone: '138' });
    const taken = refused('ALREADY_TAKEN', 'customerId c1 belongs to another one already.');
    await expect(han(RegisterCustomer, { customerId: 'c1', name: '乙' })).rejects.toEqual(taken);
  });

  it('books a contact only as the own one', async () => {
    const { li } = await company();
    await li(RegisterCustomer, { customerId: 'c1', name: '甲' });
    const visit = { customerId: 'c1', kind: 'VISIT' };
    await expect(li(LogInteraction, { ...visit, employeeId: 'han' })).rejects.toEqual(refused('FORBIDDEN'));
    expect((await li(LogInteraction, { ...visit, employeeId: 'li' })).changed).toBe(true);
  });
});

describe('What belongs to a customer', () => {
  it('is commanded by the owner of the customer too, who may not act in others’ names', async () => {
    const { send, li, han } = await company();
    await li(RegisterCustomer, { customerId: 'c1', name: '甲' });
    await send(OpenOpportunity, { opportunityId: 'o1', customerId: 'c1', ownerId: 'han' });
    expect((await li(AdvanceStage, { opportunityId: 'o1', stage: 'Proposal' })).changed).toBe(true);
    expect((await han(AdvanceStage, { opportunityId: 'o1', stage: 'Negotiation' })).changed).toBe(true);
    const draft = { customerId: 'c1', opportunityId: 'o1', amount: { minor: 1, currency: 'CNY' } };
    expect((await li(DraftContract, draft)).changed).toBe(true);
    await expect(li(DraftContract, { ...draft, ownerId: 'han' })).rejects.toEqual(refused('FORBIDDEN'));
  });

  it('is no longer from the handover of the customer on, which another process may have done', async () => {
    const { crm, send, li } = await company();
    await li(RegisterCustomer, { customerId: 'c1', name: '甲' });
    await send(OpenOpportunity, { opportunityId: 'o1', customerId: 'c1', ownerId: 'han' });
    await li(AdvanceStage, { opportunityId: 'o1', stage: 'Proposal' });
    await crm.process().send(HandOverCustomer, { customerId: 'c1', ownerId: 'wang' });
    const advance = { opportunityId: 'o1', stage: 'Negotiation' };
    await expect(li(AdvanceStage, advance)).rejects.toEqual(refused('NOT_FOUND', 'There is no opportunity o1.'));
  });
});

describe('Whose the customer is', () => {
  it('is asked of the log once for a decision, also for one that refuses', async () => {
    const { crm, send } = await company();
    await send(RegisterCustomer, { customerId: 'c1', name: '甲', ownerId: 'li' });
    await send(OpenOpportunity, { opportunityId: 'o1', customerId: 'c1', ownerId: 'han' });
    const asked: string[] = [];
    const watched: EventStore = Object.assign(Object.create(crm.store), {
      readStream: (...[stream, options]: Parameters<EventStore['readStream']>) => {
        asked.push(stream);
        return crm.store.readStream(stream, options);
      },
    });
    const wang = viewerOf({ id: 'wang', employeeId: 'wang', roles: ['salesperson'] }, own => [own]);
    const sent = crm
      .process(watched)
      .executor.send(AdvanceStage, { opportunityId: 'o1', stage: 'Proposal' }, { actor: wang.actor, viewer: wang });
    await expect(sent).rejects.toEqual(refused('NOT_FOUND', 'There is no opportunity o1.'));
    // A refusal is decided twice: by what is remembered, and by what the log holds now.
    const decision = ['opportunity-o1', 'customer-c1'];
    expect(asked).toEqual([...decision, ...decision]);
  });
});

describe('Who sees more than they may change', () => {
  it('is told so, because the record is no secret', async () => {
    const { li, as } = await company();
    await li(RegisterCustomer, { customerId: 'c1', name: '甲' });
    await li(LogInteraction, { interactionId: 'i1', customerId: 'c1', employeeId: 'li', kind: 'VISIT' });
    const service = as({ employeeId: 'wang', roles: ['service'] });
    await expect(service(RetractInteraction, { interactionId: 'i1', reason: '误录' })).rejects.toEqual(
      refused('FORBIDDEN', 'Your permission interaction.retract does not cover records of others.'),
    );
  });

  it('does not learn from repeating a creation what a field holds that is hidden from them', async () => {
    const { send, as } = await company();
    await send(RegisterCustomer, { customerId: 'c1', name: '甲', creditGrade: 'A' });
    const website = as({ roles: ['integration'] });
    const again = (input: object) => website(RegisterCustomer, { customerId: 'c1', name: '甲', ...input });
    const [right, wrong, silent] = [
      await again({ creditGrade: 'A' }),
      await again({ creditGrade: 'B' }),
      await again({}),
    ];
    expect([right.changed, wrong, silent]).toEqual([false, right, right]);
    const other = website(RegisterCustomer, { customerId: 'c1', name: '乙', creditGrade: 'B' });
    await expect(other).rejects.toMatchObject({ details: { field: 'name', allowed: '"甲"' } });
    await expect(send(RegisterCustomer, { customerId: 'c1', name: '甲', creditGrade: 'B' })).rejects.toMatchObject({
      code: 'ALREADY_EXISTS',
      details: { field: 'creditGrade', allowed: '"A"' },
    });
  });
});

describe('After a handover', () => {
  it('the new owner acts at once, the former one no longer', async () => {
    const { li, han, zhao } = await company();
    await li(RegisterCustomer, { customerId: 'c1', name: '甲' });
    await zhao(HandOverCustomer, { customerId: 'c1', ownerId: 'han' });
    const change = { customerId: 'c1', region: '华东' };
    await expect(li(ChangeCustomerProfile, change)).rejects.toEqual(refused('NOT_FOUND'));
    expect((await han(ChangeCustomerProfile, change)).changed).toBe(true);
  });

  it('a repeated command gets its first answer from whoever sent it, and from nobody else', async () => {
    const { crm, li, zhao, as } = await company();
    const register = { customerId: 'c1', name: '甲', commandId: 'once' };
    const first = await li(RegisterCustomer, register);
    await zhao(HandOverCustomer, { customerId: 'c1', ownerId: 'han' });
    expect(await li(RegisterCustomer, register)).toEqual({ ...first, changed: false });
    const wang = as({ employeeId: 'wang', roles: ['salesperson'] });
    await expect(wang(RegisterCustomer, register)).rejects.toEqual(refused('ALREADY_TAKEN'));
    expect(await crm.story('customer-c1')).toEqual(['CustomerRegistered', 'CustomerHandedOver']);
  });
});

describe('An external user', () => {
  it('changes what belongs to the own customer and does not find another one', async () => {
    const { send, as } = await company();
    for (const customerId of ['c1', 'c2'])
      await send(RegisterCustomer, { customerId, name: customerId, ownerId: 'li' });
    const buyer = as({ id: 'buyer', roles: ['external'], customerId: 'c1' });
    expect((await buyer(AddContact, { customerId: 'c1', name: '采购' })).changed).toBe(true);
    await expect(buyer(AddContact, { customerId: 'c2', name: '采购' })).rejects.toEqual(refused('NOT_FOUND'));
    await expect(buyer(QualifyLead, { leadId: 'l1' })).rejects.toEqual(refused('FORBIDDEN'));
  });
});

describe('Code of ours that sends without a viewer', () => {
  it('may do what its role may do with all records, and nothing more', async () => {
    const { crm } = await company();
    const { executor } = crm.process();
    const capture = (role: string) => executor.send(CaptureLead, { name: '王芳' }, { actor: { id: 'x', role } });
    expect((await capture('system')).changed).toBe(true);
    await expect(capture('salesperson')).rejects.toEqual(refused('FORBIDDEN'));
    await expect(capture('nobody')).rejects.toEqual(refused('FORBIDDEN', 'You need the permission lead.capture.'));
  });
});
