import { SetMetadata } from '@nestjs/common';
import type { Permission } from './permissions.js';

/** The permission that a query or subscription needs; the guard refuses whoever has it with no scope at all, and every operation that names none. */
export const ALLOW = 'chronicle:allow';
export const Allow = (permission: Permission): MethodDecorator => SetMetadata(ALLOW, permission);
