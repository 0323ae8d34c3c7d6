import type { Type } from '@nestjs/common';
import { resolversOf } from './list/list.resolver.js';
import { lists } from './lists.js';

/** `leads`, `lead(id)`, `Lead.owner` … of every list. */
export const directoryResolvers: readonly Type[] = Object.values(lists).flatMap(resolversOf);
