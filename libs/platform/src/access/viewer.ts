import type { Belonging } from '#event-sourcing/decider.js';
import type { Actor } from '#event-sourcing/event.js';
import { guardedFields, type Permission, type Resource, type Role, type Scope, scopeOf } from './permissions.js';

/** Who somebody is to us, as the log says it now. */
export interface Identity {
  /** What events name as the actor: the employee's id, or the account's. */
  readonly id: string;
  readonly roles: readonly Role[];
  readonly employeeId?: string;
  /** Whose records an external user sees. */
  readonly customerId?: string;
}

/** Today's organisation: whose records an employee reaches with a scope, the employee's own among them. */
export type Colleagues = (employeeId: string, scope: Exclude<Scope, 'all'>) => readonly string[];

/** Which records of a kind somebody reaches; a record is reached if one of its members says so. */
export type Sight =
  | 'everything'
  | 'nothing'
  | {
      /** Records of these employees. */
      readonly owners: readonly string[];
      /** Records that nobody owns. */
      readonly unowned: boolean;
      /** Records of these customers, whoever owns them. */
      readonly customers: readonly string[];
    };

/** Whoever asks or commands, and all that code may ask about them. */
export interface Viewer {
  readonly actor: Actor;
  readonly identity: Identity;
  may(permission: Permission): boolean;
  /** Which records the permission reaches: `sight('customer.read')`. Of kinds without owners (campaigns, pipelines …) it is all or nothing. */
  sight(permission: Permission): Sight;
  /** The fields of a readable record that are kept from this viewer all the same. */
  fieldsHidden(resource: Resource): readonly string[];
}

/** The viewer that an identity is in today's organisation. Nothing of it changes later: ask anew for each operation. */
export function viewerOf(identity: Identity, colleagues: Colleagues): Viewer {
  const scopesOf = (permission: Permission) =>
    identity.roles.map(role => scopeOf(role, permission)).filter(scope => scope !== undefined);
  const may = (permission: Permission) => scopesOf(permission).length > 0;
  return {
    actor: { id: identity.id, role: identity.roles.join('+') },
    identity,
    may,
    sight: permission => sightOf(identity, scopesOf(permission), colleagues),
    fieldsHidden: resource =>
      Object.entries(guardedFields[resource] ?? {}).flatMap(([field, permission]) => (may(permission) ? [] : [field])),
  };
}

function sightOf({ employeeId, customerId }: Identity, reached: readonly Scope[], colleagues: Colleagues): Sight {
  if (reached.length === 0) return 'nothing';
  const narrow = reached.filter(scope => scope !== 'all');
  if (narrow.length < reached.length) return 'everything';
  return {
    owners: employeeId ? [...new Set(narrow.flatMap(scope => colleagues(employeeId, scope)))] : [],
    unowned: narrow.some(scope => scope !== 'own'),
    customers: customerId ? [customerId] : [],
  };
}

/** Whether a record is reached. SQL says the same of rows. */
export function reaches(sight: Sight, { ownerId, customerId }: Belonging): boolean {
  if (typeof sight === 'string') return sight === 'everything';
  if (customerId && sight.customers.includes(customerId)) return true;
  return ownerId ? sight.owners.includes(ownerId) : sight.unowned;
}

/** Chronicle itself, under the name of the part that acts: `system`, `import`, `policy:converted-lead`. */
export const systemViewer = (id = 'system'): Viewer => viewerOf({ id, roles: ['system'] }, () => []);
