import type { Day, EventOf } from '#event-sourcing/event.js';
import { ERASED, personOf } from '#event-sourcing/privacy.js';
import type { AccountEvents } from '../account/account.events.js';
import type { EmployeeEvents } from '../employee/employee.events.js';
import type { Places } from '../employee/place.js';
import type { PersonalEvents } from '../personal/personal.events.js';
import type { TeamEvents } from '../team/team.events.js';

/** The events that say who may come in, and who works where. */
export type IdentityEvents = AccountEvents & EmployeeEvents & TeamEvents & Pick<PersonalEvents, 'PersonErased'>;

export interface Employee extends Places {
  readonly roles: readonly string[];
  /** The first day without the employee. */
  readonly dismissedOn?: Day;
}

/** An account of somebody who is no employee. */
interface OtherAccount {
  readonly opened: AccountEvents['AccountOpened'];
  readonly closed: boolean;
}

/** All accounts and employees who ever were, and teams, by id: everything that access depends on. */
export interface Organisation {
  readonly accounts: Map<string, OtherAccount>;
  readonly employees: Map<string, Employee>;
  readonly teams: Map<string, Pick<TeamEvents['TeamFormed'], 'region' | 'leaderId'>>;
}

export const emptyOrganisation = (): Organisation => ({ accounts: new Map(), employees: new Map(), teams: new Map() });

/** How each event changes it, in place: a copy for each of ten thousand employees would take minutes. */
const folds: { readonly [Type in keyof IdentityEvents]: (on: Organisation, data: IdentityEvents[Type]) => void } = {
  AccountOpened: ({ accounts }, data) => accounts.set(data.accountId, { opened: data, closed: false }),
  AccountClosed: ({ accounts }, { accountId }) => {
    const account = accounts.get(accountId);
    if (account) accounts.set(accountId, { ...account, closed: true });
  },
  EmployeeHired: ({ employees }, data) => employees.set(data.employeeId, { hired: data, moves: [], roles: [] }),
  EmployeeMoved: (on, data) => change(on, data.employeeId, ({ moves }) => ({ moves: [...moves, data] })),
  EmployeeDismissed: (on, { employeeId, dismissedOn }) => change(on, employeeId, () => ({ dismissedOn })),
  RoleGranted: (on, { employeeId, role }) => change(on, employeeId, ({ roles }) => ({ roles: [...roles, role] })),
  RoleRevoked: (on, { employeeId, role }) =>
    change(on, employeeId, ({ roles }) => ({ roles: roles.filter(held => held !== role) })),
  PersonErased: (on, { persons }) => {
    for (const person of persons) forget(on, person);
  },
  TeamFormed: ({ teams }, data) => teams.set(data.teamId, data),
  TeamRenamed: () => {},
  TeamLeaderAppointed: ({ teams }, { teamId, leaderId }) => teams.set(teamId, { ...teams.get(teamId), leaderId }),
};

/** Whoever was read from the log before would be known here by name, and come in, until the process ends. */
function forget(on: Organisation, person: string): void {
  const id = person.slice(person.indexOf(':') + 1);
  const account = person === personOf('accountId', id) ? on.accounts.get(id) : undefined;
  if (account) {
    const { email, subject } = account.opened;
    const opened = { ...account.opened, name: ERASED, email: email && ERASED, subject: subject && ERASED };
    on.accounts.set(id, { ...account, opened });
  }
  if (person === personOf('employeeId', id))
    change(on, id, ({ hired }) => ({ hired: hired && { ...hired, name: ERASED, email: hired.email && ERASED } }));
}

function change(
  { employees }: Organisation,
  employeeId: string,
  changes: (before: Employee) => Partial<Employee>,
): void {
  const employee = employees.get(employeeId);
  if (employee) employees.set(employeeId, { ...employee, ...changes(employee) });
}

export const identityTypes = Object.keys(folds) as readonly string[];

/** Brings the organisation up to date with the next event of the log. */
export function apply(organisation: Organisation, { type, data }: EventOf<IdentityEvents>): void {
  (folds[type] as (on: Organisation, data: unknown) => void)(organisation, data);
}
