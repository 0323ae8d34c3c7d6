import type { Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';

/** How long what is under way when the process is told to stop may still take, in ms. Docker ends a process by force after ten seconds. */
const PATIENCE_MS = 6_000;
/** For how long connections are taken at most, should ever more come. */
const TAKING_MS = 5_000;
const LOOK_EVERY_MS = 50;
/** Until a connection that was taken has been read. */
const TURNS = 3;

/**
 * Prepares a server for its end: whoever asked before gets an answer. Nest's own way of not waiting for ever, `forceCloseConnections`,
 * cuts connections whose request is being worked at, and then nobody knows whether their command was carried out.
 * @returns Closes the server by `close`, which resolves when no connection is left. What was read by then is carried out, what comes later
 * is refused. Connections that are kept alive are closed once they are idle, whoever takes too long is cut off.
 */
export function draining(fastify: FastifyInstance): (close: () => Promise<void>) => Promise<void> {
  const { server } = fastify;
  const connections = new Set<Socket>();
  let taken = 0;
  let idle: NodeJS.Timeout;
  server.on('connection', connection => {
    taken++;
    connections.add(connection);
    connection.once('close', () => connections.delete(connection));
  });
  // Requests are being refused by then, which takes so little time that also a process with too much to do gets through them.
  fastify.addHook('preClose', async () => {
    await allRead(() => taken);
    idle = setInterval(() => server.closeIdleConnections(), LOOK_EVERY_MS);
  });
  return async close => {
    const late = setTimeout(() => {
      for (const connection of connections) connection.destroy();
    }, PATIENCE_MS);
    for (let n = 0; n < TURNS; n++) await turn();
    try {
      await close();
    } finally {
      clearInterval(idle);
      clearTimeout(late);
    }
  };
}

/**
 * Node takes one connection in each turn and reads it in a later one. Of a process that is behind, many have asked who look idle, or whom
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
