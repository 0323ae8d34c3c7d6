import type { IncomingMessage } from 'node:http';
import { type ExecutionArgs, type ExecutionResult, GraphQLError, getOperationAST, subscribe, validate } from 'graphql';
import type { Context, ServerOptions, SubscribePayload } from 'graphql-ws';
import type { Logger } from 'pino';
import { Refusal, refuse } from '#event-sourcing/refusal.js';
import type { RequestContext } from '#platform/access/request-context.js';
import type { Metrics } from '#platform/metrics/metrics.js';
import type { Protection } from '#platform/protection.js';
import { errorFormatter } from './graphql-errors.js';
import { operationLabel } from './graphql-metrics.js';
import type { Gate } from './limits/gate.js';
import { limits } from './limits/limits.js';
import type { Socket, Sockets } from './sockets.js';

interface Extra extends Socket {
  counted?: true;
  idle?: NodeJS.Timeout;
}
type Connection = Context<Record<string, unknown> | undefined, Extra>;
type Options = ServerOptions<Record<string, unknown> | undefined, Extra>;

interface Means {
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly sockets: Sockets;
  readonly gate: Gate;
  readonly protection: Protection;
}

/** How long a socket may be open without asking to be let in. */
const SILENCE_MS = 3_000;
/** Clients of graphql-ws come back by themselves after 1013; after 1000 when they want something again. */
const [NORMAL, TRY_AGAIN_LATER] = [1000, 1013];

/** Subscriptions over web sockets (graphql-ws); queries and mutations come over HTTP, where they are counted and their errors cleaned. */
export function subscriptions({ log, metrics, sockets, gate, protection }: Means): Partial<ServerOptions> {
  const clean = errorFormatter(log);
  const cleaned = (errors: readonly GraphQLError[]) => errors.map(error => clean(error.toJSON(), error));
  const options: Partial<Options> = {
    connectionInitWaitTimeout: SILENCE_MS,
    context: ({ extra }) => sockets.contextOf(extra),
    onConnect: async connection => {
      const { extra, connectionParams } = connection;
      if (!isOurs(extra.request, protection.corsOrigins)) return false;
      if (!(await isLetIn(() => sockets.letIn(extra, connectionParams)))) return false;
      extra.counted = true;
      metrics.subscribers.inc();
      extra.idle = closedWhenIdle(connection, protection.sockets.idleSeconds * 1_000);
      return true;
    },
    onClose: ({ extra }: Connection) => {
      sockets.forget(extra);
      clearInterval(extra.idle);
      if (extra.counted) metrics.subscribers.dec();
    },
    onPing: ({ extra }) => {
      if (tooFast(gate, extra)) extra.socket.close(TRY_AGAIN_LATER, 'Too many pings');
    },
    onSubscribe: (connection, _id, payload) => {
      const fast = tooFast(gate, connection.extra);
      return fast ? [asError(fast)] : (tooMany(connection) ?? complaint(gate, payload));
    },
    validate: (schema, document) => validate(schema, document).map(asInvalid),
    subscribe: args => begin(gate, args),
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

async function isLetIn(letIn: () => Promise<void>): Promise<boolean> {
  try {
    await letIn();
    return true;
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
}

/** Messages count like requests: each costs us the reading of a document. */
function tooFast(gate: Gate, { request }: Extra): Refusal | undefined {
  try {
    gate.checkAddress(request);
    return undefined;
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

/** Whoever was let in and then asks for nothing would hold a place for as long as the token is valid. */
const closedWhenIdle = (connection: Connection, milliseconds: number): NodeJS.Timeout =>
  setInterval(() => {
    if (Object.keys(connection.subscriptions).length === 0) connection.extra.socket.close(NORMAL, 'Idle');
  }, milliseconds).unref();

/** A browser opens web sockets to anywhere: without this check every page that somebody looks at could read the log on their machine. */
function isOurs({ headers: { origin, host } }: IncomingMessage, origins: readonly string[]): boolean {
  if (origin === undefined || origins.includes(origin)) return true;
  return URL.canParse(origin) && new URL(origin).host === host;
}

/** The one that asks is among them already. */
function tooMany({ subscriptions }: Connection): readonly GraphQLError[] | undefined {
  if (Object.keys(subscriptions).length <= limits.subscriptions.most) return undefined;
  const message = `A connection holds ${limits.subscriptions.most} subscriptions at most.`;
  return [asError(refuse('TOO_MANY_SUBSCRIPTIONS', message))];
}

function complaint(gate: Gate, { query, operationName }: SubscribePayload): readonly GraphQLError[] | undefined {
  try {
    const operation = getOperationAST(gate.checkDocument(query), operationName);
    if (!operation || operation.operation === 'subscription') return undefined;
    const extensions = { code: 'BAD_REQUEST' };
    return [new GraphQLError(`Send a ${operation.operation} over HTTP; here are subscriptions only.`, { extensions })];
  } catch (error) {
    if (error instanceof Refusal) return [asError(error)];
    if (error instanceof GraphQLError)
      return [new GraphQLError(error.message, { extensions: { code: 'GRAPHQL_PARSE_FAILED' } })];
    throw error;
  }
}

/** Begins a subscription, if one answer of it does not cost too much. */
async function begin(gate: Gate, args: ExecutionArgs): Promise<Awaited<ReturnType<typeof subscribe>>> {
  const operation = getOperationAST(args.document, args.operationName);
  try {
    const { viewer } = args.contextValue as RequestContext;
    if (operation) {
      const asked = { ...args, operation, variables: args.variableValues ?? {} };
      // It is answered by a source that is open now; each of its answers is small.
      await gate.checkOperation(viewer, asked, Promise.resolve());
    }
  } catch (error) {
    if (error instanceof Refusal) return { errors: [asError(error)] };
    throw error;
  }
  return subscribe(args);
}

const asError = (refusal: Refusal) => new GraphQLError(refusal.message, { originalError: refusal });

const asInvalid = ({ message, nodes }: GraphQLError) =>
  new GraphQLError(message, { nodes, extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } });
