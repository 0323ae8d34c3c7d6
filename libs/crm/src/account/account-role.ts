import { registerEnumType } from '@nestjs/graphql';
import type { Role } from '#platform/access/permissions.js';

/** What somebody who is no employee may be. */
export const AccountRole = {
  EXTERNAL: 'external',
  INTEGRATION: 'integration',
  ANALYST: 'analyst',
  AUDITOR: 'auditor',
  ADMINISTRATOR: 'administrator',
} as const satisfies Record<string, Role>;
export type AccountRole = (typeof AccountRole)[keyof typeof AccountRole];

registerEnumType(AccountRole, {
  name: 'AccountRole',
  description: 'What an account that is no employee’s may see and do (账号角色); docs/permissions.md has the table.',
  valuesMap: {
    EXTERNAL: { description: 'A customer or partner: the own records (外部客户/伙伴).' },
    INTEGRATION: { description: 'Another system (系统集成).' },
    ANALYST: { description: 'Reports and read models (分析师).' },
    AUDITOR: { description: 'Reads everything, changes nothing (审计).' },
    ADMINISTRATOR: { description: 'May do everything (管理员).' },
  },
});
