import { Command, Envelope, NewId, Reference } from '#platform/graphql/command.js';
import { DayField, Email, Id, OneOf, Text } from '#platform/graphql/fields.js';
import { EmployeeRole } from './employee-role.js';

@Command('Hire an employee (员工入职), into a team and a region.', { allow: 'employee.hire' })
export class HireEmployee extends Envelope {
  @NewId('The employee.') employeeId?: string;
  @Text('The name (姓名).') name: string;
  @Email('E-mail; no two employees share one.', { optional: true }) email?: string;
  @Reference('team', 'The team (团队).', { optional: true }) teamId?: string;
  @Text('Region (区域).', { optional: true }) region?: string;
  @Reference('employee', 'The manager (上级).', { optional: true }) managerId?: string;
  @DayField('The first day (入职日期); without it reports count the employee as always having been there.', {
    optional: true,
  })
  hiredOn?: string;
  @Text('Its id in the system it was imported from.', { optional: true }) externalId?: string;
}

@Command('Move an employee to another team, region or manager (调岗). What is left out stays as it is.', {
  allow: 'employee.move',
})
export class MoveEmployee extends Envelope {
  @Id('The employee.') employeeId: string;
  @Reference('team', 'The new team (团队).', { optional: true }) teamId?: string;
  @Text('The new region (区域).', { optional: true }) region?: string;
  @Reference('employee', 'The new manager (上级).', { optional: true }) managerId?: string;
  @DayField(
    'From which day on (生效日期); default the day it happened. Earlier moves and figures are corrected from it.',
    {
      optional: true,
    },
  )
  effectiveOn?: string;
}

@Command('Dismiss an employee (员工离职). What the employee did stays; nothing new can be given to them.', {
  allow: 'employee.dismiss',
})
export class DismissEmployee extends Envelope {
  @Id('The employee.') employeeId: string;
  @DayField('The first day without the employee (离职日期); default the day it happened.', { optional: true })
  dismissedOn?: string;
}

@Command('Grant an employee a role (授予角色).', { allow: 'employee.grantRole' })
export class GrantRole extends Envelope {
  @Id('The employee.') employeeId: string;
  @OneOf(EmployeeRole, 'The role (角色).') role: EmployeeRole;
}

@Command('Take a role from an employee (收回角色).', { allow: 'employee.revokeRole' })
export class RevokeRole extends Envelope {
  @Id('The employee.') employeeId: string;
  @OneOf(EmployeeRole, 'The role (角色).') role: EmployeeRole;
}
