import { describe, expect, it } from '@jest/globals';
import { EmployeeRole } from '#crm/employee/employee-role.js';
import { Refusal } from '#event-sourcing/refusal.js';
import type { Permission, Role } from '#platform/access/permissions.js';
import type { Viewer } from '#platform/access/viewer.js';
import { type Tried, tried } from './outcomes/commands.js';
import { type Owner, owners, reached, type Subject, viewerWith, type World, worldOf } from './outcomes/world.js';

type Outcome = 'allowed' | 'FORBIDDEN' | 'NOT_FOUND';

const commands = tried();
const changing = commands.filter(({ creates }) => !creates);
const creating = commands.filter(({ creates }) => creates);

/** Each role alone, and with a second one that sees or does more. */
const people: readonly (readonly Role[])[] = [
  ...Object.values(EmployeeRole).map(role => [role]),
  ...(['auditor', 'finance', 'legal', 'marketing', 'service', 'teamLeader'] as const).map(
    role => ['salesperson', role] as const,
  ),
  ['service', 'teamLeader'],
  ['external'],
  ['integration'],
];

/** Sends it; what the business has against it is none of the outcomes here: it comes after all questions of access. */
async function outcome(
  { crm, executor }: World,
  { type }: Tried,
  input: object,
  of: Viewer,
  fields: readonly string[],
) {
  const before = await crm.store.head();
  try {
    await executor.send(type, input, { actor: of.actor, viewer: of });
    return 'allowed';
  } catch (error) {
    if (!(error instanceof Refusal) || error.code === 'BAD_USER_INPUT') throw error;
    if ((await crm.store.head()) !== before) return 'something was appended';
    if (error.code === 'FORBIDDEN') return 'FORBIDDEN';
    return error.code === 'NOT_FOUND' && fields.includes(error.details.field!) ? 'NOT_FOUND' : 'allowed';
  }
}

/** Owned by somebody whose records are reached, or of a customer whose owner's are. */
function covers(roles: readonly Role[], permission: Permission, { owner, customerOwner }: Subject): boolean {
  const whose = reached(roles, permission);
  if (roles.includes('external')) return customerOwner !== undefined && whose.includes(customerOwner);
  return whose.includes(owner) || (customerOwner !== undefined && whose.includes(customerOwner));
}

function expected(roles: readonly Role[], { kind, permission }: Tried, subject: Subject): Outcome {
  if (reached(roles, permission).length === 0) return 'FORBIDDEN';
  if (covers(roles, permission, subject)) return 'allowed';
  return covers(roles, `${kind}.read` as Permission, subject) ? 'FORBIDDEN' : 'NOT_FOUND';
}

const OWNER_FIELDS = ['ownerId', 'employeeId', 'assigneeId'];

/** All outcomes of a command that are not as the table says. */
async function faultsOf(command: Tried, roles: readonly Role[], viewer = viewerWith(roles)): Promise<string[]> {
  const world = await worldOf(command.kind);
  const faults: string[] = [];
  for (const subject of world.subjects) {
    const input = { ...command.input, [`${command.kind}Id`]: subject.id };
    const was = await outcome(world, command, input, viewer, [`${command.kind}Id`]);
    const should = expected(roles, command, subject);
    if (was !== should) faults.push(`${roles} ${command.mutation} ${subject.id}: ${was} instead of ${should}`);
  }
  return faults;
}

describe('Every command about every record', () => {
  it.each(people.map(roles => [roles.join(' and '), roles] as const))(
    'of %s is done, forbidden or not found as the table says',
    async (_, roles) => {
      for (const command of changing) expect(await faultsOf(command, roles)).toEqual([]);
    },
    30_000,
  );

  it('is enough to tell an executor that asks nobody', async () => {
    // The control: the same, but Chronicle itself sends the commands.
    const everything = viewerWith(['system']);
    const faults = [];
    for (const command of changing) faults.push(...(await faultsOf(command, ['salesperson'], everything)));
    expect(faults.length).toBeGreaterThan(changing.length * 3);
  });

  it('has each of the outcomes for whoever sees more than they may change', async () => {
    const retract = changing.find(({ mutation }) => mutation === 'retractInteraction')!;
    const advance = changing.find(({ mutation }) => mutation === 'advanceStage')!;
    const of = (owner: Owner, customerOwner: Owner) => ({ id: '', owner, customerOwner });
    expect([
      expected(['service'], retract, of('zhou', 'zhou')),
      expected(['salesperson'], advance, of('zhou', 'me')),
      expected(['salesperson'], advance, of('zhou', 'zhou')),
      expected(['salesperson', 'auditor'], advance, of('zhou', 'zhou')),
    ]).toEqual(['FORBIDDEN', 'allowed', 'NOT_FOUND', 'FORBIDDEN']);
  });
});

/** A new record of somebody, for somebody's customer where it is about one. */
function expectedOfNew(roles: readonly Role[], command: Tried, owner: Owner, customerOwner?: Owner): Outcome {
  const whose = reached(roles, command.permission);
  if (whose.length === 0) return 'FORBIDDEN';
  const customer = customerOwner && { id: '', owner: customerOwner, customerOwner };
  if (customer && !covers(roles, 'customer.read', customer)) return 'NOT_FOUND';
  // Who reaches only the own records owns what is created without an owner; otherwise it is the customer's owner's.
  const otherwise = whose.length === 1 ? 'me' : (customerOwner ?? 'nobody');
  return whose.includes(owner === 'nobody' ? otherwise : owner) ? 'allowed' : 'FORBIDDEN';
}

describe('Every command that creates a record', () => {
  it.each(people.map(roles => [roles.join(' and '), roles] as const))(
    'may be done by %s in the names and for the customers that the table says',
    async (_, roles) => {
      const viewer = viewerWith(roles);
      for (const command of creating) {
        const ownerField = OWNER_FIELDS.find(field => command.fields.has(field))!;
        const named = owners.filter(owner => owner !== 'nobody' || ownerField === 'ownerId');
        for (const owner of named)
          for (const customerOwner of command.fields.has('customerId') && command.kind !== 'customer'
            ? owners
            : [undefined]) {
            const world = await worldOf('customer');
            const input = {
              ...command.input,
              [`${command.kind}Id`]: undefined,
              [ownerField]: owner === 'nobody' ? undefined : owner,
              ...(customerOwner && { customerId: `customer-${customerOwner}` }),
            };
            const was = await outcome(world, command, input, viewer, ['customerId']);
            expect({ command: command.mutation, owner, customerOwner, was }).toEqual({
              command: command.mutation,
              owner,
              customerOwner,
              was: expectedOfNew(roles, command, owner, customerOwner),
            });
          }
      }
    },
    60_000,
  );
});
