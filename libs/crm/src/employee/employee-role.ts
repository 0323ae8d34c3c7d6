import { registerEnumType } from '@nestjs/graphql';
import type { Role } from '#platform/access/permissions.js';

/** What an employee may be; values are the roles of the permission table. */
export const EmployeeRole = {
  SALESPERSON: 'salesperson',
  TEAM_LEADER: 'teamLeader',
  REGIONAL_MANAGER: 'regionalManager',
  FINANCE: 'finance',
  LEGAL: 'legal',
  MARKETING: 'marketing',
  SERVICE: 'service',
  ANALYST: 'analyst',
  AUDITOR: 'auditor',
  ADMINISTRATOR: 'administrator',
} as const satisfies Record<string, Role>;
export type EmployeeRole = (typeof EmployeeRole)[keyof typeof EmployeeRole];

registerEnumType(EmployeeRole, {
  name: 'EmployeeRole',
  description: 'What an employee may see and do (角色); docs/permissions.md has the table.',
  valuesMap: {
    SALESPERSON: { description: 'Sells; the own records (销售).' },
    TEAM_LEADER: { description: 'Leads a team; its records (团队负责人).' },
    REGIONAL_MANAGER: { description: 'Answers for a region; its records (大区经理).' },
    FINANCE: { description: 'Payments and credit (财务).' },
    LEGAL: { description: 'Contracts (法务).' },
    MARKETING: { description: 'Campaigns and leads (市场).' },
    SERVICE: { description: 'Looks after customers (客服).' },
    ANALYST: { description: 'Reports and read models (分析师).' },
    AUDITOR: { description: 'Reads everything, changes nothing (审计).' },
    ADMINISTRATOR: { description: 'May do everything (管理员).' },
  },
});
