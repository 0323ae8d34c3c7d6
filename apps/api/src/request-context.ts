import { HeaderMap } from '@apollo/server';
import { GraphQLError } from 'graphql';
import { Refusal } from '#event-sourcing/refusal.js';
import type { RequestContext } from '#platform/access/request-context.js';
import type { Viewer } from '#platform/access/viewer.js';
import { correlationFrom, correlationId, plainId } from '#platform/correlation.js';
import type { Connected } from './client-address.js';
import type { Door } from './door.js';

/** Who sends a request and in which conversation. For whom is what the sender says, beside who that is. */
export function contextFor(door: Door, viewer: Viewer, request: Connected): RequestContext {
  const sender = {
    actor: viewer.actor,
    viewer,
    onBehalfOf: plainId(request.headers['x-on-behalf-of']),
    correlationId: correlationId() ?? correlationFrom(request.headers['x-correlation-id']),
  };
  return { sender, viewer, address: door.addressOf(request) };
}

/** The context of a request over HTTP. @throws GraphQLError with the status 401 for whoever shows no valid token. */
export async function contextOf(door: Door, request: Connected): Promise<RequestContext> {
  try {
    return contextFor(door, door.viewerOf(await door.bearerOf(request.headers.authorization)), request);
  } catch (error) {
    throw error instanceof Refusal ? asAnswer(error) : error;
  }
}

function asAnswer(refusal: Refusal): GraphQLError {
  const headers = new HeaderMap([['www-authenticate', 'Bearer']]);
  const http = refusal.code === 'UNAUTHENTICATED' ? { status: 401, headers } : { status: 503 };
  return new GraphQLError(refusal.message, { originalError: refusal, extensions: { code: refusal.code, http } });
}
