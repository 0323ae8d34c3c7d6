import type { ApolloServerPlugin } from '@apollo/server';
import { type DocumentNode, GraphQLError, parse } from 'graphql';
import { Refusal, refuse } from '#event-sourcing/refusal.js';
import type { RequestContext } from '#platform/access/request-context.js';
import type { Viewer } from '#platform/access/viewer.js';
import type { Protection } from '#platform/protection.js';
import type { Connected } from '../client-address.js';
import { refusedAnswer } from '../refused.js';
import { type Asked, costOf } from './cost.js';
import { requireSmall, rootFieldsOf, shapeOf } from './document-shape.js';
import { OpenSockets } from './open-sockets.js';
import { parseOptions } from './parse-options.js';
import { PersistedOperations } from './persisted-operations.js';
import { RateLimits } from './rate-limits.js';

/** Whoever holds too many web sockets may try again, in seconds: others have to be closed first. */
const RETRY_OPENING_SECONDS = 10;

/** Stands between whoever was let in and what they ask for, over HTTP and web sockets alike. */
export class Gate {
  private readonly rates: RateLimits;
  private readonly sockets: OpenSockets;
  /** The only documents that are answered; undefined: any. */
  private readonly operations?: PersistedOperations;

  /** @throws Error for a file of operations that is none. */
  constructor(
    { rates, sockets, persistedOperations }: Protection,
    private readonly addressOf: (request: Connected) => string,
  ) {
    this.rates = new RateLimits(rates);
    this.sockets = new OpenSockets(sockets.perAddress);
    if (persistedOperations) this.operations = PersistedOperations.from(persistedOperations);
  }

  /** Whoever knocks. @throws Refusal RATE_LIMITED. */
  checkAddress(request: Connected): Promise<void> {
    return this.rates.request(this.addressOf(request));
  }

  /** Whoever wants to open a web socket. @throws Refusal RATE_LIMITED. */
  async checkOpening(request: Connected): Promise<void> {
    await this.checkAddress(request);
    if (this.sockets.hasRoom(this.addressOf(request))) return;
    throw refuse('RATE_LIMITED', 'Too many web sockets of this address are open.', {
      retryAfterSeconds: RETRY_OPENING_SECONDS,
    });
  }

  /** A web socket that is open now. @returns What is to be called when it is closed. */
  opened(request: Connected): () => void {
    return this.sockets.add(this.addressOf(request));
  }

  /** A request's body with its document in it. @throws Refusal OPERATION_NOT_ALLOWED. */
  complete(body: unknown): unknown {
    return this.operations ? this.operations.complete(body) : body;
  }

  /**
   * Before a document is validated, which compares its fields with one another.
   * @throws Refusal QUERY_TOO_COMPLEX, OPERATION_NOT_ALLOWED; GraphQLError for what is no document.
   */
  checkDocument(source: string): DocumentNode {
    this.operations?.check(source);
    const document = parse(source, parseOptions);
    requireSmall(shapeOf(document));
    return document;
  }

  /** The same of the body of a request; what is no document Apollo will say. */
  checkBody(body: unknown): void {
    const query = (body as { query?: unknown } | null | undefined)?.query;
    if (typeof query !== 'string') return;
    try {
      this.checkDocument(query);
    } catch (error) {
      if (!(error instanceof GraphQLError)) throw error;
    }
  }

  /** Before the document of somebody who was let in is read. @throws Refusal RATE_LIMITED. */
  checkAccount({ identity }: Viewer): Promise<void> {
    return this.rates.account(identity.id);
  }

  /** Before an operation is executed. @throws Refusal QUERY_TOO_COMPLEX, RATE_LIMITED. */
  async checkOperation({ identity }: Viewer, asked: Asked): Promise<void> {
    const { document, operation } = asked;
    const commands = operation.operation === 'mutation' ? rootFieldsOf(document, operation) : 0;
    await this.rates.operation(identity.id, { commands, cost: costOf(asked) });
  }
}

/** Checks operations once they were validated. */
export function gatePlugin(gate: Gate): ApolloServerPlugin<RequestContext> {
  return {
    async requestDidStart() {
      return {
        async didResolveOperation({ schema, document, operation, request: { variables }, contextValue: { viewer } }) {
          if (!operation) return;
          try {
            await gate.checkOperation(viewer, { schema, document, operation, variables });
          } catch (error) {
            throw error instanceof Refusal ? refusedAnswer(error) : error;
          }
        },
      };
    },
  };
}
