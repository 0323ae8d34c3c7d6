import type { FastifyInstance, FastifyRequest } from 'fastify';
import { withCorrelation } from '#platform/correlation.js';
import type { Tracing } from '#platform/tracing/tracing.js';

type Span = ReturnType<Tracing['begin']>;

/**
 * Makes every request a conversation: it is answered with its id (`x-correlation-id`), all that is logged on the way carries it, and
 * where traces are made it is a span. The id is Fastify's id of the request.
 */
export function holdConversations(server: FastifyInstance, tracing?: Tracing): void {
  const spans = new WeakMap<FastifyRequest, Span>();
  server.addHook('onRequest', (request, reply, done) => {
    reply.header('x-correlation-id', request.id);
    // Probes and scrapes come every few seconds and tell nothing.
    if (tracing && request.method === 'POST') spans.set(request, begin(tracing, request));
    done();
  });
  // Only here, since reading the body would lose what was set up before it.
  server.addHook('preHandler', (request, _, done) => {
    const span = spans.get(request);
    withCorrelation(request.id, () => (span ? tracing!.within(span, done) : done()));
  });
  server.addHook('onResponse', (request, reply, done) => {
    const span = spans.get(request);
    span?.setAttribute('http.response.status_code', reply.statusCode);
    span?.end();
    done();
  });
}

function begin(tracing: Tracing, { method, routeOptions, id, headers }: FastifyRequest): Span {
  const route = routeOptions.url ?? 'unknown';
  const attributes = { 'http.request.method': method, 'http.route': route, 'chronicle.correlation_id': id };
  const { traceparent } = headers;
  const parent = typeof traceparent === 'string' ? traceparent : undefined;
  return tracing.begin(`${method} ${route}`, { kind: 'SERVER', attributes, parent });
}
