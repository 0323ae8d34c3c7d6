import { registerEnumType } from '@nestjs/graphql';
import type { Role } from '#platform/access/permissions.js';

/** What people and machines may be, as GraphQL names it; values are the roles of the permission table. */
export const AnyRole = {
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
  EXTERNAL: 'external',
  INTEGRATION: 'integration',
} as const satisfies Record<string, Role>;
export type AnyRole = (typeof AnyRole)[keyof typeof AnyRole];
export const isAnyRole = (name: string): name is AnyRole => (Object.values(AnyRole) as string[]).includes(name);
type Name = keyof typeof AnyRole;

const descriptions: Readonly<Record<Name, string>> = {
  SALESPERSON: 'Sells; the own records (销售).',
  TEAM_LEADER: 'Leads a team; its records (团队负责人).',
  REGIONAL_MANAGER: 'Answers for a region; its records (大区经理).',
  FINANCE: 'Payments and credit (财务).',
  LEGAL: 'Contracts (法务).',
  MARKETING: 'Campaigns and leads (市场).',
  SERVICE: 'Looks after customers (客服).',
  ANALYST: 'Reports and read models (分析师).',
  AUDITOR: 'Reads everything, changes nothing (审计).',
  ADMINISTRATOR: 'May do everything (管理员).',
  EXTERNAL: 'A customer or partner: the own records (外部客户/伙伴).',
  INTEGRATION: 'Another system (系统集成).',
};

function described<Roles extends object>(roles: Roles, name: string, description: string): Roles {
  const valuesMap = Object.fromEntries(
    Object.keys(roles).map(role => [role, { description: descriptions[role as Name] }]),
  ) as Record<keyof Roles, { description: string }>;
  registerEnumType(roles, { name, description: `${description}; docs/permissions.md has the table.`, valuesMap });
  return roles;
}

/** Some of the roles, as an enum of their own in GraphQL. */
export function rolesNamed<Some extends Name>(
  names: readonly Some[],
  name: string,
  description: string,
): Pick<typeof AnyRole, Some> {
  const roles = Object.fromEntries(names.map(role => [role, AnyRole[role]])) as Pick<typeof AnyRole, Some>;
  return described(roles, name, description);
}

described(AnyRole, 'Role', 'What somebody may see and do (角色)');
