import { HireEmployee } from '#crm/employee/employee.commands.js';
import type { Kind } from './kind.js';

export const employees: Kind = {
  columns: {
    externalId: 'required',
    name: 'required',
    email: 'optional',
    team: 'optional',
    region: 'optional',
    manager: 'optional',
    hiredOn: 'optional',
  },
  unique: 'email',
  references: { team: 'teams', manager: 'employees' },
  fields: { teamId: 'team', managerId: 'manager', occurredAt: 'hiredOn' },
  steps: (row, { id }) => [
    {
      type: HireEmployee,
      input: {
        employeeId: id,
        name: row.required('name'),
        email: row.text('email'),
        teamId: row.reference('team'),
        region: row.text('region'),
        managerId: row.reference('manager'),
        hiredOn: row.day('hiredOn'),
        externalId: row.required('externalId'),
        occurredAt: row.startOf('hiredOn'),
      },
    },
  ],
};
