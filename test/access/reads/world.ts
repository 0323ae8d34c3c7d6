import { OpenAccount } from '#crm/account/account.commands.js';
import { PlanCampaign } from '#crm/campaign/campaign.commands.js';
import { DraftContract, SignContract } from '#crm/contract/contract.commands.js';
import { AddContact, RegisterCustomer } from '#crm/customer/customer.commands.js';
import { GrantRole, HireEmployee } from '#crm/employee/employee.commands.js';
import { EmployeeRole } from '#crm/employee/employee-role.js';
import { LogInteraction } from '#crm/interaction/interaction.commands.js';
import { CaptureLead } from '#crm/lead/lead.commands.js';
import { AdvanceStage, LoseOpportunity, OpenOpportunity } from '#crm/opportunity/opportunity.commands.js';
import { ReceivePayment } from '#crm/payment/payment.commands.js';
import { AssignTask } from '#crm/task/task.commands.js';
import { FormTeam } from '#crm/team/team.commands.js';
import { type Permission, type Role, scopeOf } from '#platform/access/permissions.js';
import { systemViewer } from '#platform/access/viewer.js';
import type { Envelope } from '#platform/graphql/command.js';
import { projections } from '#read-models/read-models.js';
import type { Running } from '#test/operations/running.js';

/** Who asks: everybody with a role works in the team east; `EXTERNAL` belongs to the customer of `lin`. */
export interface Person {
  readonly role: Role;
  readonly email: string;
}
const EXTERNAL = { role: 'external', email: 'buyer@partner.example' } as const;
export const people: readonly Person[] = [
  ...Object.values(EmployeeRole).map(role => ({ role, email: `${role.toLowerCase()}@corp.example` })),
  EXTERNAL,
  { role: 'integration', email: 'website@corp.example' },
];

/** Whose records there are: of people in the east, of `lin` in another team of that region, of `zhou` in the west, and of nobody. */
export const owners = ['salesperson', 'service', 'han', 'lin', 'zhou', 'nobody'] as const;
export type Owner = (typeof owners)[number];

const REACHED = {
  team: ['salesperson', 'service', 'han', 'nobody'],
  region: ['salesperson', 'service', 'han', 'lin', 'nobody'],
  all: owners,
} as const satisfies Record<string, readonly Owner[]>;

/** Whose records a person sees with a permission, as the table of permissions says it in words. */
export function reached({ role }: Person, permission: Permission): readonly Owner[] {
  const scope = scopeOf(role, permission);
  if (!scope) return [];
  if (scope === 'own') return role === 'external' ? ['lin'] : owners.filter(owner => owner === role);
  return REACHED[scope];
}

/** A mark that a text bears: with which permission the text may be read, and whose record it is (`han+lin`: han's for lin's customer). */
export const mark = (permission: Permission, whose: string): string => `@${permission}@${whose}@`;

/** Two digits of an amount for each owner: a sum tells whose amounts are in it. The last two are for what belongs to nobody. */
export const worth = (owner: Owner, times = 1): number => times * 100 ** owners.indexOf(owner);
export const CAMPAIGN_COST = 7 * 100 ** owners.length;

export function ownersIn(minor: number): Owner[] {
  return owners.filter((_, place) => Math.floor(Math.abs(minor) / 100 ** place) % 100 !== 0);
}

export interface Seeded {
  readonly kind: string;
  readonly id: string;
  readonly owner: Owner;
  readonly customerOwner: Owner;
}

const system = { actor: { id: 'seed', role: 'system' } };
const DAY = '2026-03-02';

/** Everything that is in the world of this test, by the list that shows it. */
export async function populate(api: Running): Promise<readonly Seeded[]> {
  const { executor, reading, store } = api.system;
  const send = <Command extends Envelope>(type: new () => Command, input: object) => executor.send(type, input, system);
  await organise(send);
  const seeded: Seeded[] = [];
  for (const owner of owners) seeded.push(...(await recordsOf(send, owner)));
  for (const [owner, customerOwner] of CROSSED) {
    const id = `opportunity-${owner}-${customerOwner}`;
    const name = mark('opportunity.read', `${owner}+${customerOwner}`);
    await send(OpenOpportunity, { opportunityId: id, customerId: `customer-${customerOwner}`, ownerId: owner, name });
    seeded.push({ kind: 'opportunities', id, owner, customerOwner });
  }
  await reading.at(systemViewer(), projections, await store.head());
  return seeded;
}

/** Opportunities of the one for a customer of the other. */
const CROSSED: readonly (readonly [Owner, Owner])[] = [
  ['zhou', 'han'],
  ['han', 'zhou'],
  ['zhou', 'lin'],
];

type Send = <Command extends Envelope>(type: new () => Command, input: object) => Promise<unknown>;

async function organise(send: Send): Promise<void> {
  await send(FormTeam, { teamId: 'east', name: '东区', region: '华东' });
  await send(FormTeam, { teamId: 'south', name: '南区', region: '华东' });
  await send(FormTeam, { teamId: 'west', name: '西区', region: '西南' });
  const hire = (employeeId: string, teamId: string) =>
    send(HireEmployee, { employeeId, name: employeeId, email: `${employeeId.toLowerCase()}@corp.example`, teamId });
  await hire('han', 'east');
  await hire('lin', 'south');
  await hire('zhou', 'west');
  for (const role of Object.values(EmployeeRole)) {
    await hire(role, 'east');
    await send(GrantRole, { employeeId: role, role });
  }
  await send(PlanCampaign, { campaignId: 'campaign', name: '活动', cost: { minor: CAMPAIGN_COST, currency: 'CNY' } });
}

async function recordsOf(send: Send, owner: Owner): Promise<Seeded[]> {
  const ownerId = owner === 'nobody' ? undefined : owner;
  const read = (kind: 'lead' | 'customer' | 'opportunity' | 'contract' | 'payment' | 'interaction' | 'task') =>
    mark(`${kind}.read`, owner);
  const [leadId, customerId, contractId] = [`lead-${owner}`, `customer-${owner}`, `contract-${owner}`];
  const [open, lost] = [`opportunity-${owner}`, `opportunity-${owner}-lost`];
  const money = (times: number, currency = 'CNY') => ({ minor: worth(owner, times), currency });
  const lead = read('lead');
  await send(CaptureLead, { leadId, name: lead, company: lead, source: lead, region: lead, ownerId, externalId: lead });
  const [customer, credit] = [read('customer'), mark('customer.credit', owner)];
  const profile = { name: customer, industry: customer, region: customer, scale: customer, address: customer };
  const terms = { creditGrade: credit, paymentMethod: credit };
  await send(RegisterCustomer, {
    customerId,
    ...profile,
    ...terms,
    taxNumber: customer,
    ownerId,
    externalId: customer,
    registeredOn: DAY,
  });
  await send(AddContact, {
    customerId,
    contactId: 'contact',
    name: customer,
    position: customer,
    phone: `${customer}138`,
  });
  const opportunity = read('opportunity');
  const deal = { customerId, ownerId, name: opportunity, source: opportunity };
  await send(OpenOpportunity, { opportunityId: open, ...deal, amount: money(1), externalId: opportunity });
  await send(AdvanceStage, { opportunityId: open, stage: 'Proposal' });
  await send(OpenOpportunity, { opportunityId: lost, ...deal, amount: money(2) });
  await send(LoseOpportunity, { opportunityId: lost, reason: mark('opportunity.amount', owner) });
  const contract = read('contract');
  const signed = { contractId, customerId, opportunityId: open, ownerId, number: contract, externalId: contract };
  await send(DraftContract, { ...signed, amount: money(5) });
  await send(SignContract, {
    contractId,
    signedOn: DAY,
    instalments: [{ dueOn: '2026-04-01', minor: worth(owner, 5) }],
  });
  const payment = { customerId, ownerId, paidOn: DAY, externalId: read('payment') };
  const payments = [[`payment-${owner}`, 'CNY', contractId] as const];
  for (const [paymentId, currency, contractId] of payments)
    await send(ReceivePayment, { paymentId, ...payment, contractId, amount: money(3, currency) });
  // The only one in dollars: whoever does not see it must not be asked which currency is meant.
  if (owner === 'zhou') await send(ReceivePayment, { paymentId: 'payment-usd', ...payment, amount: money(1, 'USD') });
  const of = (kind: string, ...ids: string[]) => ids.map(id => ({ kind, id, owner, customerOwner: owner }));
  if (ownerId) {
    const said = mark('interaction.content', owner);
    const interaction = { interactionId: `interaction-${owner}`, customerId, employeeId: ownerId, kind: 'CALL' };
    await send(LogInteraction, { ...interaction, content: said, result: said, externalId: read('interaction') });
    await send(AssignTask, { taskId: `task-${owner}`, title: read('task'), assigneeId: ownerId, customerId });
  }
  return [
    ...of('leads', leadId),
    ...of('customers', customerId),
    ...of('opportunities', open, lost),
    ...of('contracts', contractId),
    ...of('payments', `payment-${owner}`, ...(owner === 'zhou' ? ['payment-usd'] : [])),
    ...(ownerId ? [...of('interactions', `interaction-${owner}`), ...of('tasks', `task-${owner}`)] : []),
  ];
}

/** `OpenAccount` needs the customer. */
export async function letInOthers(api: Running): Promise<void> {
  const account = (accountId: string, input: object) =>
    api.system.executor.send(OpenAccount, { accountId, name: accountId, ...input }, system);
  await account('partner', { role: 'external', email: EXTERNAL.email, customerId: 'customer-lin' });
  await account('website', { role: 'integration', email: 'website@corp.example' });
}
