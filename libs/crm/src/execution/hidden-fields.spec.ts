import { describe, expect, it } from '@jest/globals';
import { Refusal } from '#event-sourcing/refusal.js';
import { guardedFields, type Permission, type Resource } from '#platform/access/permissions.js';
import { type Viewer, viewerOf } from '#platform/access/viewer.js';
import type { Envelope } from '#platform/graphql/command.js';
import { MemoryCrm } from '#test/support/memory-crm.js';
import * as campaign from '../campaign/campaign.commands.js';
import * as customer from '../customer/customer.commands.js';
import { HireEmployee } from '../employee/employee.commands.js';
import * as interaction from '../interaction/interaction.commands.js';
import * as opportunity from '../opportunity/opportunity.commands.js';

const money = (minor: number) => ({ minor, currency: 'CNY' });
const commands = { campaign, customer, interaction, opportunity };
type Guarded = keyof typeof commands;

/** Everything that can be said to a record that is there, but for its hidden field; a command that is missing does not compile. */
const said: { readonly [Of in Guarded]: { readonly [Name in keyof (typeof commands)[Of]]: object } } = {
  campaign: {
    PlanCampaign: { campaignId: 'x', name: '展会' },
    LaunchCampaign: { campaignId: 'x' },
    RecordCampaignCost: { campaignId: 'x' },
    EndCampaign: { campaignId: 'x' },
  },
  customer: {
    RegisterCustomer: { customerId: 'x', name: '甲' },
    ChangeCustomerProfile: { customerId: 'x', region: '华东' },
    SetCreditTerms: { customerId: 'x' },
    HandOverCustomer: { customerId: 'x', ownerId: 'li' },
    AddContact: { customerId: 'x', name: '王芳' },
    ChangeContact: { customerId: 'x', contactId: 'none', name: '王芳' },
    RemoveContact: { customerId: 'x', contactId: 'none' },
  },
  interaction: {
    LogInteraction: { interactionId: 'x', customerId: 'c', employeeId: 'li', kind: 'CALL' },
    RetractInteraction: { interactionId: 'x', reason: '误录' },
  },
  opportunity: {
    OpenOpportunity: { opportunityId: 'x', customerId: 'c' },
    AdvanceStage: { opportunityId: 'x', stage: 'Negotiation' },
    StepBack: { opportunityId: 'x', stage: 'Lead' },
    WinOpportunity: { opportunityId: 'x' },
    LoseOpportunity: { opportunityId: 'x', reason: 'too dear' },
    ReopenOpportunity: { opportunityId: 'x' },
    ReestimateOpportunity: { opportunityId: 'x' },
    HandOverOpportunity: { opportunityId: 'x', ownerId: 'li' },
    RecordStageEntry: { opportunityId: 'x', stage: 'lost', reason: 'too dear' },
  },
};

/** Two values that a guarded field may have; by resource, as the table of permissions names them. */
const values: { readonly [field: string]: readonly [unknown, unknown] } = {
  'campaign.cost': [money(100), money(200)],
  'customer.creditGrade': ['A', 'B'],
  'customer.paymentMethod': ['cash', 'transfer'],
  'interaction.content': ['friendly', 'angry'],
  'interaction.result': ['signs', 'waits'],
  'opportunity.amount': [money(100), money(200)],
  'opportunity.lossReason': ['too dear', 'too late'],
};
const guards = Object.entries(guardedFields).flatMap(([resource, fields]) =>
  Object.entries(fields).map(([field, guard]) => [`${resource}.${field}`, guard] as const),
);

/** Who may do everything but read what the permission guards. */
function blindTo(guard: Permission): Viewer {
  const everything = viewerOf({ id: 'x', roles: ['administrator'] }, () => []);
  return {
    ...everything,
    may: permission => permission !== guard,
    sight: permission => (permission === guard ? 'nothing' : 'everything'),
    fieldsHidden: (resource: Resource) =>
      Object.entries(guardedFields[resource] ?? {}).flatMap(([field, guardedBy]) =>
        guardedBy === guard ? [field] : [],
      ),
  };
}

/** A record whose field has this value. */
async function recordWith(name: string, value: unknown) {
  const crm = await new MemoryCrm().withDefaultPipeline();
  const { executor, send } = crm.process();
  await send(HireEmployee, { employeeId: 'li', name: '李娜' });
  await send(customer.RegisterCustomer, { customerId: 'c', name: '乙' });
  const [resource, field] = name.split('.') as [Guarded, string];
  const created = Object.keys(said[resource])[0]! as keyof (typeof said)[Guarded];
  const inputOf = (command: string) => said[resource][command as keyof (typeof said)[Guarded]] as object;
  const typeOf = (command: string) => commands[resource][command as never] as new () => Envelope;
  if (field === 'lossReason') {
    await send(typeOf(created), inputOf(created));
    await send(opportunity.LoseOpportunity, { opportunityId: 'x', reason: value });
  } else await send(typeOf(created), { ...inputOf(created), [field]: value });
  return {
    inputs: Object.keys(said[resource]).map(command => ({ type: typeOf(command), input: inputOf(command) })),
    send: (viewer: Viewer, type: new () => Envelope, input: object) =>
      executor.send(type, input, { actor: viewer.actor, viewer }),
  };
}

/** What everybody is told who says all that can be said, also with either value. */
async function told(viewer: Viewer, name: string, value: unknown): Promise<unknown[]> {
  const answers: unknown[] = [];
  const { inputs } = await recordWith(name, value);
  for (const { type, input } of inputs)
    for (const stated of [{}, ...values[name]!.map(guess => ({ [name.split('.')[1]!]: guess }))]) {
      const record = await recordWith(name, value);
      const answer = await record
        .send(viewer, type, { ...input, ...stated })
        .catch((error: unknown) => (error instanceof Refusal ? { ...error, message: error.message } : error));
      answers.push([type.name, stated, answer]);
    }
  return answers;
}

describe('A field that somebody may not read', () => {
  it('has two values here, whichever the table guards', () => {
    expect(guards.map(([name]) => name).sort()).toEqual(Object.keys(values).sort());
  });

  it.each(guards)('%s: no answer to any command depends on it', async (name, guard) => {
    const [one, other] = values[name]!;
    expect(await told(blindTo(guard), name, one)).toEqual(await told(blindTo(guard), name, other));
  });

  // Why something was lost is only ever stated, not compared.
  it.each(guards.filter(([name]) => name !== 'opportunity.lossReason'))(
    'control: %s shows in the answers to those who may read it',
    async name => {
      const all = viewerOf({ id: 'x', roles: ['administrator'] }, () => []);
      const [one, other] = values[name]!;
      expect(await told(all, name, one)).not.toEqual(await told(all, name, other));
    },
  );

  it('cannot be changed by them either, whatever is said of it', async () => {
    const { send } = await recordWith('campaign.cost', money(100));
    for (const cost of [money(100), money(300)])
      await expect(
        send(blindTo('campaign.cost'), campaign.RecordCampaignCost, { campaignId: 'x', cost }),
      ).rejects.toMatchObject({ code: 'FORBIDDEN', details: { allowed: 'campaign.cost' } });
  });
});
