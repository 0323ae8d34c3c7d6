import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { RequestContext } from '#platform/access/request-context.js';
import { viewerOf } from '#platform/access/viewer.js';

/** What HTTP requests and the openings of web sockets have in common. */
interface Request {
  readonly headers: IncomingHttpHeaders;
}

const ACTOR = /^[\p{L}\p{N}._:@+-]{1,100}$/u;

/** One header, if it is a plain id; anything else could forge a line in the history or the log. */
function idHeader(request: Request, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' && ACTOR.test(value) ? value : undefined;
}

/**
 * Who sends a request. Until there is authentication everybody on this machine is an administrator, who may say
 * with `x-actor` on whose account the history is written.
 */
export function contextOf(request: Request): RequestContext {
  const viewer = viewerOf({ id: idHeader(request, 'x-actor') ?? 'local', roles: ['administrator'] }, () => []);
  const correlationId = idHeader(request, 'x-correlation-id') ?? randomUUID();
  return { sender: { actor: viewer.actor, viewer, correlationId }, viewer };
}
