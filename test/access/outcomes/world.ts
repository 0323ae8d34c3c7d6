import { DraftContract } from '#crm/contract/contract.commands.js';
import { AddContact, RegisterCustomer } from '#crm/customer/customer.commands.js';
import { HireEmployee } from '#crm/employee/employee.commands.js';
import type { Executor } from '#crm/execution/executor.js';
import { LogInteraction } from '#crm/interaction/interaction.commands.js';
import { CaptureLead } from '#crm/lead/lead.commands.js';
import { OpenOpportunity } from '#crm/opportunity/opportunity.commands.js';
import { ReceivePayment } from '#crm/payment/payment.commands.js';
import { AssignTask } from '#crm/task/task.commands.js';
import { type Permission, type Role, type Scope, scopeOf, scopes } from '#platform/access/permissions.js';
import { type Viewer, viewerOf } from '#platform/access/viewer.js';
import type { Envelope } from '#platform/graphql/command.js';
import { MemoryCrm } from '#test/support/memory-crm.js';

/** `me` asks; `han` is in the same team, `lin` in the same region, `zhou` in another one; some records nobody owns. */
export const owners = ['me', 'han', 'lin', 'zhou', 'nobody'] as const;
export type Owner = (typeof owners)[number];

const REACHED: Readonly<Record<Scope, readonly Owner[]>> = {
  own: ['me'],
  team: ['me', 'han', 'nobody'],
  region: ['me', 'han', 'lin', 'nobody'],
  all: owners,
};

/** Whose records somebody reaches with a permission, as the table says it in words: by the widest of the roles. */
export function reached(roles: readonly Role[], permission: Permission): readonly Owner[] {
  const widest = scopes.findLast(scope => roles.some(role => scopeOf(role, permission) === scope));
  // External users belong to the customer of lin.
  if (widest === 'own' && roles.includes('external')) return ['lin'];
  return widest ? REACHED[widest] : [];
}

/** Who has these roles in that organisation. */
export function viewerWith(roles: readonly Role[]): Viewer {
  const outside = roles.includes('external') || roles.includes('integration');
  const identity = outside ? { id: 'other', roles, customerId: 'customer-lin' } : { id: 'me', roles, employeeId: 'me' };
  return viewerOf(identity, (_, scope) => REACHED[scope].filter(owner => owner !== 'nobody'));
}

/** A record of the one; of a customer of the other, or of none. */
export interface Subject {
  readonly id: string;
  readonly owner: Owner;
  readonly customerOwner?: Owner;
}

const nameOf = (owner: Owner) => (owner === 'nobody' ? undefined : owner);
const amount = { minor: 100_000, currency: 'CNY' };

type Send = <Command extends Envelope>(type: new () => Command, input: object) => Promise<unknown>;

/** How a record of each kind comes to be that is about somebody's customer. */
const creations: Readonly<Record<string, (send: Send, id: string, owner?: string, customerId?: string) => unknown>> = {
  lead: (send, leadId, ownerId) => send(CaptureLead, { leadId, name: 'x', ownerId }),
  opportunity: (send, opportunityId, ownerId, customerId) =>
    send(OpenOpportunity, { opportunityId, customerId, ownerId }),
  contract: (send, contractId, ownerId, customerId) => send(DraftContract, { contractId, customerId, ownerId, amount }),
  payment: (send, paymentId, ownerId, customerId) => send(ReceivePayment, { paymentId, customerId, ownerId, amount }),
  interaction: (send, interactionId, employeeId, customerId) =>
    send(LogInteraction, { interactionId, customerId, employeeId, kind: 'CALL' }),
  task: (send, taskId, assigneeId, customerId) => send(AssignTask, { taskId, title: 'x', assigneeId, customerId }),
};
/** Of these there is always somebody whose they are. */
const PERSONS = ['interaction', 'task'];
/** These take over the customer's owner. */
const INHERITED = ['opportunity', 'contract', 'payment'];

export interface World {
  readonly crm: MemoryCrm;
  readonly executor: Executor;
  readonly subjects: readonly Subject[];
}

/** A company of its own, with records of one kind of everybody for everybody's customers. */
export async function worldOf(kind: string): Promise<World> {
  const crm = await new MemoryCrm().withDefaultPipeline();
  const { executor, send } = crm.process();
  for (const employeeId of owners) if (nameOf(employeeId)) await send(HireEmployee, { employeeId, name: employeeId });
  for (const owner of owners) {
    const customerId = `customer-${owner}`;
    await send(RegisterCustomer, { customerId, name: customerId, ownerId: nameOf(owner) });
    await send(AddContact, { customerId, contactId: 'contact-foreign', name: 'x' });
  }
  if (kind === 'customer')
    return { crm, executor, subjects: owners.map(owner => ({ id: `customer-${owner}`, owner, customerOwner: owner })) };
  const subjects: Subject[] = [];
  for (const owner of owners.filter(owner => nameOf(owner) || !PERSONS.includes(kind)))
    for (const customerOwner of kind === 'lead' ? [undefined] : owners) {
      const id = `${kind}-${owner}-${customerOwner}`;
      await creations[kind]!(send, id, nameOf(owner), customerOwner && `customer-${customerOwner}`);
      const inherits = owner === 'nobody' && INHERITED.includes(kind);
      subjects.push({ id, owner: inherits ? customerOwner! : owner, customerOwner });
    }
  return { crm, executor, subjects };
}
