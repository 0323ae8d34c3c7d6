import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Refusal } from '#event-sourcing/refusal.js';
import type { Access } from './access.js';
import { httpOf } from './refused.js';

/** For an API that serves no pages: browsers shall show, frame, keep and guess nothing of it. */
const HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=31536000',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

const GRAPHQL = '/graphql';
const JSON_TYPE = /^application\/json *(;|$)/i;

/**
 * What every request meets first. GraphQL is asked by POST and in JSON: browsers send neither from foreign pages without asking
 * whether they may, and an operation in an address ends up in the logs of proxies.
 */
export function guardEntrance(server: FastifyInstance, { door, gate }: Pick<Access, 'door' | 'gate'>): void {
  server.addHook('onRequest', async (request, reply) => {
    reply.headers(HEADERS);
    if (!isGraphql(request)) return;
    reply.raw.once('close', gate.entered());
    try {
      gate.checkAddress(request.raw);
    } catch (error) {
      return refused(reply, error);
    }
    if (request.method === 'OPTIONS') return;
    if (request.method !== 'POST') return wrong(reply.header('allow', 'POST'), 405, 'Send GraphQL by POST.');
    if (!isJson(request)) return wrong(reply, 415, 'Send GraphQL as application/json.');
  });
  // Behind what lets pages of other origins read the answer, and before the body is read.
  server.addHook('preParsing', async (request, reply) => {
    if (!isGraphql(request) || request.method !== 'POST') return;
    try {
      await gate.checkAccount(door.viewerOf(await door.bearerOf(request.headers.authorization)));
    } catch (error) {
      return refused(reply, error);
    }
  });
  server.addHook('preHandler', async (request, reply) => {
    if (!isGraphql(request)) return;
    try {
      request.body = gate.complete(request.body);
    } catch (error) {
      return refused(reply, error);
    }
  });
}

const isGraphql = ({ routeOptions }: FastifyRequest) => routeOptions.url === GRAPHQL;

const isJson = ({ headers }: FastifyRequest) => JSON_TYPE.test(headers['content-type'] ?? '');

/** In the shape of GraphQL's errors, which clients know. */
function wrong(reply: FastifyReply, status: number, message: string): FastifyReply {
  return reply.code(status).send({ errors: [{ message, extensions: { code: 'BAD_REQUEST' } }] });
}

function refused(reply: FastifyReply, error: unknown): FastifyReply {
  if (!(error instanceof Refusal)) throw error;
  const { message, code, details } = error;
  const { status, headers } = httpOf(error);
  return reply
    .code(status)
    .headers(headers)
    .send({ errors: [{ message, extensions: { code, ...details } }] });
}
