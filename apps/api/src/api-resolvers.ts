import type { Type } from '@nestjs/common';
import { AccountsResolver } from './accounts/accounts.resolver.js';
import { IntegrityResolver } from './integrity.resolver.js';
import { OperationsResolver } from './operations/operations.resolver.js';
import { PersonalDataResolver } from './personal-data.resolver.js';

/** What is asked of the API beside commands and read models; its schema, and the test that every operation has a rule, know it from here. */
export const apiResolvers: readonly Type[] = [
  AccountsResolver,
  IntegrityResolver,
  OperationsResolver,
  PersonalDataResolver,
];
