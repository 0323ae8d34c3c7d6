import type { IncomingMessage, Server } from 'node:http';
import type { WebSocket, WebSocketServer } from 'ws';
import { Refusal } from '#event-sourcing/refusal.js';
import { correlationFrom, withCorrelation } from '#platform/correlation.js';
import type { Gate } from './limits/gate.js';
import { limits } from './limits/limits.js';
import { httpOf } from './refused.js';

/** As graphql-ws closes for what is no message. */
const BAD_REQUEST = 4400;

/** What every web socket meets first: limits before it is opened, and the id of its conversation. */
export function guardWebSockets(sockets: WebSocketServer, gate: Gate): void {
  const conversations = new WeakMap<IncomingMessage, string>();
  // A longer message closes its socket (code 1009); the default is 100 MiB for each.
  sockets.options.maxPayload = limits.messageBytes.most;
  sockets.options.verifyClient = ({ req }, answer) => {
    try {
      gate.checkOpening(req);
    } catch (error) {
      if (!(error instanceof Refusal)) return answer(false, 500);
      const { status, headers } = httpOf(error);
      return answer(false, status, error.message, headers);
    }
    answer(true);
  };
  sockets.on('headers', (headers, request) => {
    const id = correlationFrom(request.headers['x-correlation-id']);
    conversations.set(request, id);
    headers.push(`x-correlation-id: ${id}`);
  });
  // Before graphql-ws, which listens already.
  sockets.prependListener('connection', (socket, request) => {
    socket.once('close', gate.opened(request));
    holdConversation(socket, conversations.get(request)!);
  });
  // graphql-ws prints what is wrong with a message to the console, which would be a log that any client can fill.
  sockets.on('connection', socket => socket.removeAllListeners('error').on('error', () => undefined));
}

/**
 * All that is done because of a message, also later, is a conversation: that of `<id of the socket>.<number of the message>`. Messages
 * come from the connection below, in whose conversation nothing is, so each is put into its own where it comes out.
 */
function holdConversation(socket: WebSocket, id: string): void {
  const emit = socket.emit.bind(socket);
  let messages = 0;
  socket.emit = (event: string | symbol, ...rest: unknown[]) => {
    if (event !== 'message') return withCorrelation(id, () => emit(event, ...rest));
    if (isOfServer(rest[0])) socket.close(BAD_REQUEST, 'Invalid message received');
    else withCorrelation(`${id}.${++messages}`, () => emit(event, ...rest));
    return true;
  };
}

/** What only servers say is taken by graphql-ws for a bug of its own, which it prints to the console. */
function isOfServer(frame: unknown): boolean {
  try {
    const { type } = JSON.parse(String(frame)) as { type?: unknown };
    return type === 'connection_ack' || type === 'next' || type === 'error';
  } catch {
    return false;
  }
}

/** Closes a connection that wants to become something else elsewhere than at `path`: nobody would ever answer it, or end it. */
export function refuseOtherUpgrades(server: Server, path: string): void {
  server.on('upgrade', ({ url }, connection) => {
    if (!url?.startsWith(path))
      connection.end('HTTP/1.1 404 Not Found\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
  });
}
