import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import proxyAddr from '@fastify/proxy-addr';

/** What HTTP requests and the openings of web sockets know of the other end. */
export type Connected = Pick<IncomingMessage, 'headers' | 'socket'>;

/**
 * Finds the client's address: that of the connection, and what a trusted proxy says of those before it. Whoever is no trusted proxy
 * may say what it likes, and so may a proxy that hands on what is no address.
 */
export function addressFinder(trusted: readonly string[]): (request: Connected) => string {
  const trust = proxyAddr.compile([...trusted]);
  return request => {
    const own = plain(request.socket.remoteAddress ?? '');
    const found = plain(proxyAddr(request as IncomingMessage, trust));
    return isIP(found) ? found : own;
  };
}

/** IPv4 as such, also on a socket that takes both. */
const plain = (address: string) => address.replace(/^::ffff:(?=\d+\.)/i, '');
