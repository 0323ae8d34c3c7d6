import { SetMetadata } from '@nestjs/common';
import type { Permission } from './permissions.js';

export const ALLOW = 'chronicle:allow';
export const ANYBODY = 'anybody';
/** What stands at an operation: who may come in. */
export type Rule = Permission | typeof ANYBODY;

/** The permission that a query, mutation or subscription needs. Without it the guard lets nobody in. */
export const Allow = (permission: Permission): MethodDecorator => SetMetadata(ALLOW, permission);

/**
 * For controllers that look after themselves, or that tell nothing worth a token; `why` says which. An operation of GraphQL still needs
 * a token, which is asked for before, but no role.
 */
export const AllowAnybody = (_why: string): ClassDecorator & MethodDecorator => SetMetadata(ALLOW, ANYBODY);
