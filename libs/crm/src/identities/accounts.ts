import { type AnyRole, isAnyRole } from '../roles.js';
import type { Organisation } from './organisation.js';
import type { Today } from './today.js';

/** Somebody, or something, that comes in with a token. */
export interface Account {
  /** The employee's id, or the account's. */
  readonly id: string;
  readonly name: string;
  readonly email?: string;
  readonly subject?: string;
  readonly roles: readonly AnyRole[];
  readonly employeeId?: string;
  readonly customerId?: string;
  /** Whether tokens are accepted today: not of who has left, nor of accounts that are closed or whose address an employee has. */
  readonly active: boolean;
}

/** Every account that there ever was, in the order of their ids. An employee has one by the e-mail. */
export function accountsOf({ accounts, employees }: Organisation, { identityOf }: Today): Account[] {
  const active = (id: string, email?: string, subject = '') => identityOf({ subject, email })?.id === id;
  const ofEmployees = [...employees].flatMap(([id, { hired, roles }]): Account[] => {
    if (!hired?.email) return [];
    const { name, email } = hired;
    return [{ id, employeeId: id, name, email, roles: roles.filter(isAnyRole), active: active(id, email) }];
  });
  const others = [...accounts].map(
    ([
      id,
      {
        opened: { name, email, subject, role, customerId },
      },
    ]): Account => {
      const roles = [role].filter(isAnyRole);
      return { id, name, email, subject, customerId, roles, active: active(id, email, subject) };
    },
  );
  return [...ofEmployees, ...others].sort((a, b) => (a.id < b.id ? -1 : 1));
}
