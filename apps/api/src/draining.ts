import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { setImmediate as pause } from 'node:timers/promises';

/** How long what is under way when the process is told to stop may still take, in ms. */
const PATIENCE_MS = 5_000;
const LOOK_EVERY_MS = 50;
const TURNS = 3;

/**
 * Prepares a server for its end: what was asked before is still answered. Nest's own way of not waiting for ever, `forceCloseConnections`,
 * cuts connections whose request is being worked at, and then nobody knows whether their command was carried out.
 * @returns Closes the server by `close`, which resolves when no connection is left. Those that are kept alive are closed once they are idle,
 * whoever takes too long is cut off.
 */
export function draining(server: Server): (close: () => Promise<void>) => Promise<void> {
  const connections = new Set<Socket>();
  server.on('connection', connection => {
    connections.add(connection);
    connection.once('close', () => connections.delete(connection));
  });
  return async close => {
    // What has come but was not read yet looks idle; a process that is behind reads it within these turns.
    for (let turn = 0; turn < TURNS; turn++) await pause();
    const idle = setInterval(() => server.closeIdleConnections(), LOOK_EVERY_MS);
    const late = setTimeout(() => {
      for (const connection of connections) connection.destroy();
    }, PATIENCE_MS);
    try {
      await close();
    } finally {
      clearInterval(idle);
      clearTimeout(late);
    }
  };
}
