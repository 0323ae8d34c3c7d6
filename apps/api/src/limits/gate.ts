import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
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
import type { InOrder } from './in-order.js';
import { costs } from './limits.js';
import { OneByOne } from './one-by-one.js';
import { OpenSockets } from './open-sockets.js';
import { parseOptions } from './parse-options.js';
import { PersistedOperations } from './persisted-operations.js';
import { RateLimits } from './rate-limits.js';
import { Turns } from './turns.js';

/** Whoever holds too many web sockets may try again, in seconds: others have to be closed first. */
const RETRY_OPENING_SECONDS = 10;

/** About as long as a portion takes: what is large uses half of the time at most. */
const MOMENT_MS = 1;

/** Stands between whoever was let in and what they ask for, over HTTP and web sockets alike. */
export class Gate {
  private readonly rates: RateLimits;
  private readonly sockets: OpenSockets;
  private readonly entering = new Turns();
  /** How many requests are being worked at. */
  private present = 0;
  /** Undefined where cost is not limited. */
  private readonly large?: OneByOne;
  /** The only documents that are answered; undefined: any. */
  private readonly operations?: PersistedOperations;

  /** @throws Error for a file of operations that is none. */
  constructor(
    { rates, sockets, persistedOperations }: Protection,
    private readonly addressOf: (request: Connected) => string,
  ) {
    this.rates = new RateLimits(rates);
    if (rates.cost) this.large = new OneByOne();
    this.sockets = new OpenSockets(sockets.perAddress);
    if (persistedOperations) this.operations = PersistedOperations.from(persistedOperations);
  }

  /** Whoever knocks. @throws Refusal RATE_LIMITED. */
  checkAddress(request: Connected): void {
    this.rates.request(this.addressOf(request));
  }

  /** A request that is worked at from now on. @returns What is to be called when that is over. */
  entered(): () => void {
    this.present++;
    return () => {
      this.present--;
    };
  }

  /** What others get between two portions of something large: a turn, and while there are others, a moment for nothing but them. */
  readonly giveWay = (): Promise<void> => (this.present > 1 ? sleep(MOMENT_MS) : turn());

  /** Whoever wants to open a web socket. @throws Refusal RATE_LIMITED. */
  checkOpening(request: Connected): void {
    this.checkAddress(request);
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

  /**
   * Before the body of somebody who was let in is read. What came at once from one account is looked at one after the other, with time for
   * all others between: many documents to be read, or to be refused, would take everybody's turns.
   * @throws Refusal RATE_LIMITED.
   */
  async checkAccount({ identity }: Viewer): Promise<void> {
    await this.entering.next(identity.id);
    this.rates.account(identity.id);
  }

  /**
   * Before an operation is executed. A large one waits until the account's other large ones are answered: many at once would leave others
   * no connection to the database, and no turn in between.
   * @param answered Resolves when there is an answer, whatever it is.
   * @returns Whether it is a large one.
   * @throws Refusal QUERY_TOO_COMPLEX, RATE_LIMITED.
   */
  async checkOperation({ identity }: Viewer, asked: Asked, answered: Promise<void>): Promise<boolean> {
    const { document, operation } = asked;
    const commands = operation.operation === 'mutation' ? rootFieldsOf(document, operation) : 0;
    const cost = costOf(asked);
    this.rates.operation(identity.id, { commands, cost });
    if (cost <= costs.large || !this.large) return false;
    await this.large.turn(identity.id, answered);
    return true;
  }
}

/** Checks operations once they were validated, and puts the queries of large ones in order. */
export function gatePlugin(gate: Gate, order: InOrder): ApolloServerPlugin<RequestContext> {
  return {
    async requestDidStart() {
      let answer = () => {};
      const answered = new Promise<void>(resolve => {
        answer = resolve;
      });
      return {
        async didResolveOperation({ schema, document, operation, request: { variables }, contextValue }) {
          if (!operation) return;
          if (operation.operation === 'subscription') throw overHttp();
          try {
            const asked = { schema, document, operation, variables };
            if (await gate.checkOperation(contextValue.viewer, asked, answered)) order.put(contextValue);
          } catch (error) {
            throw error instanceof Refusal ? refusedAnswer(error) : error;
          }
        },
        async willSendResponse() {
          answer();
        },
      };
    },
  };
}

const overHttp = () =>
  new GraphQLError('Subscriptions come over a web socket (graphql-ws); here are queries and mutations.', {
    extensions: { code: 'BAD_REQUEST', http: { status: 400 } },
  });
