import { beforeEach, describe, expect, it } from '@jest/globals';
import { ChangeCustomerProfile, HandOverCustomer, RegisterCustomer } from '#crm/customer/customer.commands.js';
import { HireEmployee } from '#crm/employee/employee.commands.js';
import { CaptureLead, QualifyLead } from '#crm/lead/lead.commands.js';
import {
  AdvanceStage,
  LoseOpportunity,
  OpenOpportunity,
  ReestimateOpportunity,
  ReopenOpportunity,
} from '#crm/opportunity/opportunity.commands.js';
import { RevisePipeline } from '#crm/pipeline/pipeline.commands.js';
import { interrupted, MemoryCrm } from './support/memory-crm.js';

const TAX = '91330000123456789X';
const wang = { customerId: 'c1', name: '华东机电', taxNumber: TAX };
const refused = (code: string, field?: string) =>
  expect.objectContaining({ code, ...(field && { details: expect.objectContaining({ field }) }) });

let crm: MemoryCrm;
beforeEach(async () => {
  crm = await new MemoryCrm().withDefaultPipeline();
});

describe('a command that is sent again', () => {
  it('with its id gets the first answer, also from another process and after others have written', async () => {
    const [one, other] = [crm.process(), crm.process()];
    const command = { commandId: 'once', name: '王芳' };
    const first = await one.send(CaptureLead, command);
    await one.send(QualifyLead, { leadId: first.id, score: 80 });
    for (const { send } of [one, other]) expect(await send(CaptureLead, command)).toEqual({ ...first, changed: false });
    expect(await crm.story(`lead-${first.id}`)).toEqual(['LeadCaptured', 'LeadQualified']);
  });

  it('with its id has one effect when both are under way at the same time', async () => {
    const command = { commandId: 'once', name: '王芳' };
    const receipts = await Promise.all([crm.process(), crm.process()].map(({ send }) => send(CaptureLead, command)));
    expect(receipts[1]).toEqual(receipts[0]);
    expect(await crm.story(`lead-${receipts[0]!.id}`)).toEqual(['LeadCaptured']);
  });

  it('with its id has one effect after the answer was lost', async () => {
    const deaf = Object.create(crm.store) as typeof crm.store;
    deaf.append = async (...args) => {
      await crm.store.append(...args);
      throw new Error('connection lost');
    };
    const command = { commandId: 'once', leadId: 'l1', score: 80 };
    await crm.process().send(CaptureLead, { leadId: 'l1', name: '王芳' });
    await expect(crm.process(deaf).send(QualifyLead, command)).rejects.toThrow('connection lost');
    expect(await crm.process().send(QualifyLead, command)).toMatchObject({ revision: 1n, changed: false });
    expect(await crm.story('lead-l1')).toEqual(['LeadCaptured', 'LeadQualified']);
  });

  it('without an id changes nothing when it is done already', async () => {
    const { send } = crm.process();
    const first = await send(CaptureLead, { leadId: 'l1', name: '王芳' });
    const again = { ...first, changed: false };
    expect(await send(CaptureLead, { leadId: 'l1', name: '王芳' })).toEqual(again);
    expect(await crm.process().send(CaptureLead, { leadId: 'l1', name: '王芳' })).toEqual(again);
    expect(await crm.story('lead-l1')).toEqual(['LeadCaptured']);
  });
});

describe('two processes on one log', () => {
  it('both have their effect when they write to the same record', async () => {
    const [one, other] = [crm.process(), crm.process()];
    await one.send(OpenOpportunity, { opportunityId: 'o1' });
    const estimates = Array.from({ length: 12 }, (_, index) => ({
      opportunityId: 'o1',
      amount: { minor: index + 1, currency: 'CNY' },
    }));
    // Not more at once than an attempt may lose to: each round somebody wins.
    for (let first = 0; first < estimates.length; first += 4)
      await Promise.all(
        estimates
          .slice(first, first + 4)
          .map((estimate, index) => (index % 2 ? one : other).send(ReestimateOpportunity, estimate)),
      );
    const events = await crm.events('opportunity-o1');
    const amounts = events.slice(2).map(({ data }) => (data as { amount: { minor: number } }).amount.minor);
    expect(amounts.sort((a, b) => a - b)).toEqual(estimates.map(({ amount }) => amount.minor));
  });

  it('do not refuse what the other has made possible', async () => {
    const [one, other] = [crm.process(), crm.process()];
    await one.send(OpenOpportunity, { opportunityId: 'o1' });
    await one.send(LoseOpportunity, { opportunityId: 'o1', reason: '价格' });
    await other.send(ReopenOpportunity, { opportunityId: 'o1' });
    await one.send(AdvanceStage, { opportunityId: 'o1', stage: '方案报价' });
    expect((await crm.story('opportunity-o1')).slice(2)).toEqual([
      'OpportunityLost',
      'OpportunityReopened',
      'StageAdvanced',
    ]);
  });

  it('do not find done what the other has undone', async () => {
    const [one, other] = [crm.process(), crm.process()];
    await one.send(OpenOpportunity, { opportunityId: 'o1' });
    await one.send(LoseOpportunity, { opportunityId: 'o1', reason: '价格' });
    await other.send(ReopenOpportunity, { opportunityId: 'o1' });
    expect(await one.send(LoseOpportunity, { opportunityId: 'o1', reason: '预算' })).toMatchObject({ changed: true });
  });

  it('do not refuse what the other has made possible in a record that is only referred to', async () => {
    const [one, other] = [crm.process(), crm.process()];
    await one.send(OpenOpportunity, { opportunityId: 'o1' });
    await other.send(RevisePipeline, { pipelineId: 'default', stages: [{ stage: 'Trial', name: '试用' }] });
    await one.send(OpenOpportunity, { opportunityId: 'o2', stage: '试用' });
    expect((await crm.events('opportunity-o2'))[0]!.data).toMatchObject({ pipelineVersion: 2, stages: ['Trial'] });
  });

  it('give up with CONFLICT when a record never stands still', async () => {
    const { send } = crm.process();
    await send(OpenOpportunity, { opportunityId: 'o1' });
    let amount = 0;
    const restless = interrupted(crm.store, async () => {
      await send(ReestimateOpportunity, { opportunityId: 'o1', amount: { minor: ++amount, currency: 'CNY' } });
    });
    const late = crm.process(restless).send(AdvanceStage, { opportunityId: 'o1', stage: 'Proposal' });
    await expect(late).rejects.toEqual(refused('CONFLICT'));
    const advances = (await crm.story('opportunity-o1')).filter(type => type === 'StageAdvanced');
    expect(advances).toHaveLength(1);
  });
});

describe('many commands at the same time', () => {
  it('share one reading of what they all refer to', async () => {
    await crm.process().send(HireEmployee, { employeeId: 'li', name: '李雷' });
    const read: string[] = [];
    const counting = Object.create(crm.store) as typeof crm.store;
    counting.readStream = (stream, options) => {
      read.push(stream);
      return crm.store.readStream(stream, options);
    };
    const { send } = crm.process(counting);
    const leads = Array.from({ length: 50 }, (_, index) => ({ leadId: `l${index}`, name: '王芳', ownerId: 'li' }));
    await Promise.all(leads.map(lead => send(CaptureLead, lead)));
    expect(read).toEqual(['employee-li']);
  });

  it('find what another process has made after their reading began', async () => {
    const slow = Object.create(crm.store) as typeof crm.store;
    let hired: Promise<unknown> | undefined;
    slow.readStream = async function* (stream, options) {
      yield* crm.store.readStream(stream, options);
      hired ??= crm.process().send(HireEmployee, { employeeId: 'li', name: '李雷' });
      await hired;
    };
    const { send } = crm.process(slow);
    const capture = (leadId: string) => send(CaptureLead, { leadId, name: '王芳', ownerId: 'li' });
    const outcomes = await Promise.allSettled([capture('l1'), capture('l2')]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
  });
});

describe('a command is refused', () => {
  it('for a record that does not exist', async () => {
    const qualify = crm.process().send(QualifyLead, { leadId: 'nobody' });
    await expect(qualify).rejects.toEqual(refused('NOT_FOUND', 'leadId'));
  });

  it('for a reference to nothing, and nothing is written', async () => {
    const { send } = crm.process();
    const before = await crm.store.head();
    const capture = send(CaptureLead, { name: '王芳', ownerId: 'nobody' });
    await expect(capture).rejects.toEqual(refused('NOT_FOUND', 'ownerId'));
    expect(await crm.store.head()).toBe(before);
  });

  it('when it means the default pipeline and there is none', async () => {
    const open = new MemoryCrm().process().send(OpenOpportunity, { opportunityId: 'o1' });
    await expect(open).rejects.toEqual(refused('NOT_FOUND', 'pipelineId'));
  });

  it('when it happens more than a minute ahead', async () => {
    const { send } = crm.process();
    const capture = (occurredAt: string) => send(CaptureLead, { name: '王芳', occurredAt });
    await expect(capture('2026-03-02T02:01:00.001Z')).rejects.toEqual(refused('IN_THE_FUTURE', 'occurredAt'));
    expect(await capture('2026-03-02T02:01:00.000Z')).toMatchObject({ changed: true });
  });

  it('when its input is not what it should be', async () => {
    const capture = crm.process().send(CaptureLead, { name: ' ' });
    await expect(capture).rejects.toEqual(refused('BAD_USER_INPUT', 'name'));
  });
});

describe('what the log says about a command', () => {
  it('tells when it happened and when we learned of it', async () => {
    const occurredAt = '2026-02-28T17:00:00.000Z';
    const { id } = await crm.process().send(OpenOpportunity, { occurredAt, reason: '补录' });
    const [opened, advanced] = await crm.events(`opportunity-${id}`);
    expect(opened).toMatchObject({ recordedAt: crm.now(), metadata: { occurredAt, reason: '补录' } });
    // 17:00 in UTC is the next day in Shanghai.
    expect(opened!.data).toMatchObject({ openedOn: '2026-03-01' });
    expect(advanced!.metadata).toEqual(opened!.metadata);
  });
});

describe('a value that must be unique', () => {
  it('goes to one of many who want it at the same time', async () => {
    const processes = [crm.process(), crm.process()];
    for (let round = 0; round < 20; round++) {
      const number = `T-${round}`;
      const racers = Array.from({ length: 32 }, (_, index) =>
        processes[index % 2]!.send(RegisterCustomer, { ...wang, customerId: `r${round}-${index}`, taxNumber: number }),
      );
      const outcomes = await Promise.allSettled(racers);
      const losers = outcomes.filter(outcome => outcome.status === 'rejected');
      expect(losers).toHaveLength(31);
      for (const { reason } of losers) expect(reason).toEqual(refused('ALREADY_TAKEN', 'taxNumber'));
    }
  });

  it('is the same in full width, in lower case and between spaces', async () => {
    const { send } = crm.process();
    await send(HireEmployee, { name: '李雷', email: 'Li@example.com' });
    const second = send(HireEmployee, { name: '李蕾', email: 'lI@EXAMPLE.com' });
    await expect(second).rejects.toEqual(refused('ALREADY_TAKEN', 'email'));
    await send(RegisterCustomer, { ...wang, taxNumber: 'T-9a' });
    const other = send(RegisterCustomer, { ...wang, customerId: 'c2', taxNumber: ' ｔ-９Ａ' });
    await expect(other).rejects.toEqual(refused('ALREADY_TAKEN', 'taxNumber'));
  });

  it('whose owner never came to exist is free after a minute, and not before', async () => {
    const dying = interrupted(crm.store, async stream => {
      if (stream === 'customer-c1') throw new Error('connection lost');
    });
    await expect(crm.process(dying).send(RegisterCustomer, wang)).rejects.toThrow('connection lost');
    const { send } = crm.process();
    const other = { ...wang, customerId: 'c2' };
    await expect(send(RegisterCustomer, other)).rejects.toEqual(refused('ALREADY_TAKEN', 'taxNumber'));
    crm.pass(60);
    expect(await send(RegisterCustomer, other)).toMatchObject({ id: 'c2', changed: true });
    await expect(send(RegisterCustomer, wang)).rejects.toEqual(refused('ALREADY_TAKEN', 'taxNumber'));
  });

  it('stays with the claimant who repeats the command after a crash', async () => {
    const dying = interrupted(crm.store, async stream => {
      if (stream === 'customer-c1') throw new Error('connection lost');
    });
    await expect(crm.process(dying).send(RegisterCustomer, wang)).rejects.toThrow('connection lost');
    crm.pass(3600);
    // A rival comes between the repeated claim and the append that shows it.
    const other = { ...wang, customerId: 'c2' };
    let rival: unknown;
    const overtaken = interrupted(crm.store, async stream => {
      if (stream === 'customer-c1')
        rival = await crm
          .process()
          .send(RegisterCustomer, other)
          .catch(error => error);
    });
    expect(await crm.process(overtaken).send(RegisterCustomer, wang)).toMatchObject({ id: 'c1', changed: true });
    expect(rival).toEqual(refused('ALREADY_TAKEN', 'taxNumber'));
  });

  it('is held as long as the record has it, and free after a change', async () => {
    const { send } = crm.process();
    await send(RegisterCustomer, wang);
    crm.pass(3600);
    const other = { ...wang, customerId: 'c2' };
    await expect(send(RegisterCustomer, other)).rejects.toEqual(refused('ALREADY_TAKEN', 'taxNumber'));
    await send(ChangeCustomerProfile, { customerId: 'c1', taxNumber: 'T-2' });
    expect(await send(RegisterCustomer, other)).toMatchObject({ id: 'c2', changed: true });
    const back = send(ChangeCustomerProfile, { customerId: 'c1', taxNumber: TAX });
    await expect(back).rejects.toEqual(refused('ALREADY_TAKEN', 'taxNumber'));
    expect(await crm.story('customer-c1')).toEqual(['CustomerRegistered', 'CustomerProfileChanged']);
  });

  it('is not reserved once more when the same record is stated again by another process', async () => {
    await crm.process().send(RegisterCustomer, wang);
    const before = await crm.store.head();
    expect(await crm.process().send(RegisterCustomer, wang)).toMatchObject({ id: 'c1', changed: false });
    expect(await crm.store.head()).toBe(before);
  });

  it('is no obstacle to changing something else', async () => {
    const { send } = crm.process();
    await send(HireEmployee, { employeeId: 'li', name: '李雷' });
    await send(RegisterCustomer, wang);
    crm.pass(3600);
    await send(HandOverCustomer, { customerId: 'c1', ownerId: 'li' });
    expect(await crm.story('customer-c1')).toEqual(['CustomerRegistered', 'CustomerHandedOver']);
  });
});
