import { rolesNamed } from '../roles.js';

/** What an employee may be. */
export const EmployeeRole = rolesNamed(
  [
    'SALESPERSON',
    'TEAM_LEADER',
    'REGIONAL_MANAGER',
    'FINANCE',
    'LEGAL',
    'MARKETING',
    'SERVICE',
    'ANALYST',
    'AUDITOR',
    'ADMINISTRATOR',
  ],
  'EmployeeRole',
  'What an employee may see and do (角色)',
);
export type EmployeeRole = (typeof EmployeeRole)[keyof typeof EmployeeRole];
