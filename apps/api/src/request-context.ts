import type { FastifyRequest } from 'fastify';
import { Refusal, refuse } from '#event-sourcing/refusal.js';
import type { RequestContext } from '#platform/access/request-context.js';
import type { Viewer } from '#platform/access/viewer.js';
import { correlationFrom, correlationId, plainId } from '#platform/correlation.js';
import type { Connected } from './client-address.js';
import type { Door } from './door.js';
import type { Gate } from './limits/gate.js';
import { refusedAnswer } from './refused.js';

/**
 * Who sends a request and in which conversation. For whom is what the sender says, beside who that is.
 * @throws Refusal BAD_USER_INPUT for a person who cannot be named so: history would tell of nobody.
 */
export function contextFor(door: Door, viewer: Viewer, request: Connected): RequestContext {
  const sender = {
    actor: viewer.actor,
    viewer,
    onBehalfOf: personNamed(request),
    correlationId: correlationId() ?? correlationFrom(request.headers['x-correlation-id']),
  };
  return { sender, viewer, address: door.addressOf(request) };
}

function personNamed({ headers }: Connected): string | undefined {
  const header = headers['x-on-behalf-of'];
  if (header === undefined) return undefined;
  // Node reads the bytes of a header as Latin-1; ids may hold letters of any script.
  const person = plainId(Buffer.from(String(header), 'latin1').toString());
  if (person) return person;
  throw refuse('BAD_USER_INPUT', 'x-on-behalf-of is no id.', {
    field: 'x-on-behalf-of',
    allowed: '1 to 100 letters, digits and . _ : @ + -',
  });
}

/**
 * The context of a request over HTTP, whose document is small enough to be looked at.
 * @throws GraphQLError with the status 401 for whoever shows no valid token, 400 for a document that is too large.
 */
export async function contextOf(door: Door, gate: Gate, request: FastifyRequest): Promise<RequestContext> {
  try {
    // Let in before the body came, and since then dismissed, perhaps.
    const viewer = door.viewerOf(await door.bearerOf(request.headers.authorization));
    gate.checkBody(request.body);
    return contextFor(door, viewer, request);
  } catch (error) {
    throw error instanceof Refusal ? refusedAnswer(error) : error;
  }
}
