import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';

/** How long what is under way when the process is told to stop may still take, in ms. */
const PATIENCE_MS = 5_000;
/** How long it goes on taking connections at most, should ever more come. */
const TAKING_MS = 3_000;
const LOOK_EVERY_MS = 50;
/** Until a connection that was taken has been read. */
const TURNS = 3;

/**
 * Prepares a server for its end: what was asked before is still answered. Nest's own way of not waiting for ever, `forceCloseConnections`,
 * cuts connections whose request is being worked at, and then nobody knows whether their command was carried out.
 * @returns Closes the server by `close`, which resolves when no connection is left. Those that are kept alive are closed once they are idle,
 * whoever takes too long is cut off.
 */
export function draining(server: Server): (close: () => Promise<void>) => Promise<void> {
  const connections = new Set<Socket>();
  let taken = 0;
  server.on('connection', connection => {
    taken++;
    connections.add(connection);
    connection.once('close', () => connections.delete(connection));
  });
  return async close => {
    const late = setTimeout(() => {
      for (const connection of connections) connection.destroy();
    }, PATIENCE_MS);
    await allRead(() => taken);
    const idle = setInterval(() => server.closeIdleConnections(), LOOK_EVERY_MS);
    try {
      await close();
    } finally {
      clearInterval(idle);
      clearTimeout(late);
    }
  };
}

/**
 * Node takes one connection in each turn and reads it in a later one. Of a process that is behind many have asked who look idle, or whom
 * the operating system alone knows: to stop listening would cut them off unheard.
 */
async function allRead(taken: () => number): Promise<void> {
  const end = performance.now() + TAKING_MS;
  for (let quiet = 0; quiet < TURNS && performance.now() < end; ) {
    const before = taken();
    await turn();
    quiet = taken() === before ? quiet + 1 : 0;
  }
}
