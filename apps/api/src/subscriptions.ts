import type { IncomingMessage } from 'node:http';
import { type ExecutionArgs, type ExecutionResult, GraphQLError, getOperationAST, parse } from 'graphql';
import type { Context, ServerOptions, SubscribePayload } from 'graphql-ws';
import type { Logger } from 'pino';
import { Refusal, refuse } from '#event-sourcing/refusal.js';
import type { Metrics } from '#platform/metrics/metrics.js';
import { errorFormatter } from './graphql-errors.js';
import { operationLabel } from './graphql-metrics.js';
import type { Socket, Sockets } from './sockets.js';

/** Per connection; all together are bounded where they read. */
const SUBSCRIPTIONS_AT_MOST = 20;

interface Extra extends Socket {
  counted?: true;
}
type Connection = Context<Record<string, unknown> | undefined, Extra>;
type Options = ServerOptions<Record<string, unknown> | undefined, Extra>;

/** Subscriptions over web sockets (graphql-ws); queries and mutations come over HTTP, where they are counted and their errors cleaned. */
export function subscriptions(log: Logger, metrics: Metrics, sockets: Sockets): Partial<ServerOptions> {
  const clean = errorFormatter(log);
  const cleaned = (errors: readonly GraphQLError[]) => errors.map(error => clean(error.toJSON(), error));
  const options: Partial<Options> = {
    context: ({ extra }) => sockets.contextOf(extra),
    onConnect: async ({ extra, connectionParams }) => {
      if (!isSameOrigin(extra.request) || !(await isLetIn(sockets, extra, connectionParams))) return false;
      extra.counted = true;
      metrics.subscribers.inc();
      return true;
    },
    onClose: ({ extra }: Connection) => {
      sockets.forget(extra);
      if (extra.counted) metrics.subscribers.dec();
    },
    onSubscribe: (connection, _id, payload) => complaint(payload) ?? tooMany(connection),
    onNext: (_, _id, _payload, args: ExecutionArgs, { errors, ...result }: ExecutionResult) => {
      const operation = getOperationAST(args.document, args.operationName);
      if (operation) metrics.notifications.inc({ operation: operationLabel(operation) });
      return errors ? { ...result, errors: cleaned(errors) } : undefined;
    },
    onError: (_, _id, _payload, errors) => cleaned(errors),
  };
  // Nest names neither the socket's request nor all of the options, but hands everything on.
  return options as Partial<ServerOptions>;
}

async function isLetIn(sockets: Sockets, socket: Extra, parameters?: Record<string, unknown>): Promise<boolean> {
  try {
    await sockets.letIn(socket, parameters);
    return true;
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
}

/** A browser opens web sockets to anywhere: without this check every page that somebody looks at could read the log on their machine. */
function isSameOrigin({ headers: { origin, host } }: IncomingMessage): boolean {
  return origin === undefined || (URL.canParse(origin) && new URL(origin).host === host);
}

/** The one that asks is among them already. */
function tooMany({ subscriptions }: Connection): readonly GraphQLError[] | undefined {
  if (Object.keys(subscriptions).length <= SUBSCRIPTIONS_AT_MOST) return undefined;
  const message = `A connection holds ${SUBSCRIPTIONS_AT_MOST} subscriptions at most.`;
  return [new GraphQLError(message, { originalError: refuse('TOO_MANY_SUBSCRIPTIONS', message) })];
}

function complaint({ query, operationName }: SubscribePayload): readonly GraphQLError[] | undefined {
  try {
    const operation = getOperationAST(parse(query), operationName);
    if (!operation || operation.operation === 'subscription') return undefined;
    const extensions = { code: 'BAD_REQUEST' };
    return [new GraphQLError(`Send a ${operation.operation} over HTTP; here are subscriptions only.`, { extensions })];
  } catch (error) {
    if (error instanceof GraphQLError)
      return [new GraphQLError(error.message, { extensions: { code: 'GRAPHQL_PARSE_FAILED' } })];
    throw error;
  }
}
