import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { GqlExecutionContext } from '@nestjs/graphql';
import { forbidden } from '#crm/execution/authorization.js';
import { ALLOW, ANYBODY, type Rule } from '#platform/access/allow.js';
import type { RequestContext } from '#platform/access/request-context.js';

/**
 * Before every query, mutation, subscription and controller: the roles have to have its permission for at least some records. For
 * which of them, queries and executor know.
 */
@Injectable()
export class PermissionGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  /** @throws Refusal FORBIDDEN; Error where somebody forgot to say who may come in. */
  canActivate(context: ExecutionContext): boolean {
    const [handler, type] = [context.getHandler(), context.getClass()];
    const rule = this.reflector.getAllAndOverride<Rule | undefined>(ALLOW, [handler, type]);
    if (!rule) throw new Error(`${type.name}.${handler.name} does not say who may come in.`);
    if (rule === ANYBODY) return true;
    const { viewer } = GqlExecutionContext.create(context).getContext<RequestContext>();
    if (!viewer.may(rule)) throw forbidden(rule);
    return true;
  }
}
