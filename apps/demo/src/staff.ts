import { GrantRole, HireEmployee } from '#crm/employee/employee.commands.js';
import type { EmployeeRole } from '#crm/employee/employee-role.js';
import { AppointTeamLeader } from '#crm/team/team.commands.js';
import { type Action, act } from './action.js';
import { regions } from './vocabulary.js';

interface Colleague {
  readonly employeeId: string;
  readonly name: string;
  readonly role: EmployeeRole;
  readonly region?: string;
  /** The team of which the colleague is and which the colleague leads. */
  readonly teamId?: string;
}

const LEADERS = ['沈兰', '韩冰', '唐宁', '曹颖'];
const MANAGERS = ['秦岚', '许晴', '何炅', '吕良'];

/** Who does not sell; e-mails are `<id>@example.com`. */
const colleagues: readonly Colleague[] = [
  ...regions.map(
    (region, index): Colleague => ({
      employeeId: `demo-leader-${index + 1}`,
      name: LEADERS[index]!,
      role: 'teamLeader',
      region,
      teamId: `demo-team-${index + 1}`,
    }),
  ),
  ...regions.map(
    (region, index): Colleague => ({
      employeeId: `demo-manager-${index + 1}`,
      name: MANAGERS[index]!,
      role: 'regionalManager',
      region,
    }),
  ),
  { employeeId: 'demo-finance', name: '钱进', role: 'finance' },
  { employeeId: 'demo-legal', name: '方正', role: 'legal' },
  { employeeId: 'demo-marketing', name: '夏天', role: 'marketing' },
  { employeeId: 'demo-service', name: '安心', role: 'service' },
  { employeeId: 'demo-analyst', name: '舒琪', role: 'analyst' },
  { employeeId: 'demo-auditor', name: '严明', role: 'auditor' },
  { employeeId: 'demo-hr', name: '任敏', role: 'administrator' },
];

/** The role that somebody in the demo has; whoever is not named here sells. */
export function roleOf(employeeId: string): EmployeeRole {
  return colleagues.find(colleague => colleague.employeeId === employeeId)?.role ?? 'salesperson';
}

/** Who is responsible for a region: the id of its manager. */
export function managerOf(region: string): string {
  return colleagues.find(colleague => colleague.role === 'regionalManager' && colleague.region === region)!.employeeId;
}

/** Everybody beside the salespeople, with the role by which `./crm token --as demo-finance@example.com` shows the product as theirs. */
export function hireStaff(at: number): Action[] {
  return colleagues.flatMap(({ employeeId, name, role, region, teamId }) => [
    act(at, 'demo-hr', HireEmployee, { employeeId, name, email: `${employeeId}@example.com`, teamId, region }),
    act(at, 'demo-hr', GrantRole, { employeeId, role }),
    ...(teamId ? [act(at, 'demo-hr', AppointTeamLeader, { teamId, leaderId: employeeId })] : []),
  ]);
}
