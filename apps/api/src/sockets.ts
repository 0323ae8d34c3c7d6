import type { IncomingMessage } from 'node:http';
import type { WebSocket } from 'ws';
import type { RequestContext } from '#platform/access/request-context.js';
import type { Viewer } from '#platform/access/viewer.js';
import type { Bearer } from '#platform/authentication/bearer.js';
import type { Door } from './door.js';
import { contextFor } from './request-context.js';

/** What a web socket knows of itself from its opening on. */
export interface Socket {
  readonly request: IncomingMessage;
  readonly socket: WebSocket;
  /** Set when it was let in: by whose token, and what that one might see then. */
  bearer?: Bearer;
  rights?: string;
}

/** With 4403 clients of graphql-ws do not try again; with 1012 they do, and are let in with their new rights. */
const [FORBIDDEN, RESTART] = [4403, 1012];
/** Node's timers cannot wait for longer. */
const LONGEST_MS = 2 ** 31 - 1;

/** The web sockets that were let in. One that is open does not stay so: tokens expire, and people are dismissed. */
export class Sockets {
  private readonly open = new Map<Socket, NodeJS.Timeout>();

  constructor(private readonly door: Door) {
    door.onChange(() => {
      for (const socket of this.open.keys()) this.lookAgain(socket);
    });
  }

  /** Lets a socket in by the token of its parameters, or of the request that opened it. @throws Refusal UNAUTHENTICATED, BAD_USER_INPUT. */
  async letIn(socket: Socket, parameters: Readonly<Record<string, unknown>> | undefined): Promise<void> {
    const bearer = await this.door.bearerOf(parameters?.authorization ?? socket.request.headers.authorization);
    // As every subscription will be: what would be refused then is not let in.
    const { viewer } = contextFor(this.door, this.door.viewerOf(bearer), socket.request);
    socket.rights = rightsOf(viewer);
    socket.bearer = bearer;
    const validMs = Math.min(bearer.expiresAt * 1000 - Date.now(), LONGEST_MS);
    this.open.set(socket, setTimeout(() => close(socket, FORBIDDEN), validMs).unref());
  }

  /** For each subscription anew, because the viewer's rights may have changed. */
  contextOf({ request, bearer }: Socket): RequestContext {
    return contextFor(this.door, this.door.viewerOf(bearer!), request);
  }

  forget(socket: Socket): void {
    clearTimeout(this.open.get(socket));
    this.open.delete(socket);
  }

  /** A subscription goes on with the rights that it began with, so one whose bearer has others now has to begin again. */
  private lookAgain(socket: Socket): void {
    try {
      if (rightsOf(this.door.viewerOf(socket.bearer!)) !== socket.rights) close(socket, RESTART);
    } catch {
      close(socket, FORBIDDEN);
    }
  }
}

/** Roles, and through one permission that all who work with records have, whose records they reach. */
const rightsOf = (viewer: Viewer) => JSON.stringify([viewer.identity, viewer.sight('customer.read')]);

const close = ({ socket }: Socket, code: number) =>
  socket.close(code, code === FORBIDDEN ? 'Forbidden' : 'Rights changed');
