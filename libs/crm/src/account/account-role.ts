import { rolesNamed } from '../roles.js';

/** What somebody who is no employee may be. */
export const AccountRole = rolesNamed(
  ['EXTERNAL', 'INTEGRATION', 'ANALYST', 'AUDITOR', 'ADMINISTRATOR'],
  'AccountRole',
  'What an account that is no employee’s may see and do (账号角色)',
);
export type AccountRole = (typeof AccountRole)[keyof typeof AccountRole];
