import { randomUUID } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { Sender } from '#platform/graphql/command.js';

const ACTOR = /^[\p{L}\p{N}._:@+-]{1,100}$/u;

/** One header, if it is a plain id; anything else could forge a line in the history or the log. */
function idHeader(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' && ACTOR.test(value) ? value : undefined;
}

/**
 * Who sends a request. Until there is authentication everybody on this machine is an administrator, who may say
 * with `x-actor` on whose account the history is written.
 */
export function senderOf(request: FastifyRequest): Sender {
  return {
    actor: { id: idHeader(request, 'x-actor') ?? 'local', role: 'administrator' },
    correlationId: idHeader(request, 'x-correlation-id') ?? randomUUID(),
  };
}
