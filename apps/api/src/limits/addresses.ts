import type { IncomingMessage } from 'node:http';
import { isIPv6 } from 'node:net';
import proxyAddress from '@fastify/proxy-addr';

/** From where a request comes; a proxy's word for it counts if the proxy is trusted. */
export function addressOf(request: IncomingMessage, trustedProxies: readonly string[]): string {
  return proxyAddress(request, [...trustedProxies]) ?? 'unknown';
}

/** Whoever has an IPv6 address has the 2^64 beside it as well, so these count as one. */
export function networkOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
  if (!isIPv6(plain)) return plain;
  const [front = '', back = ''] = plain.split('::');
  const groups = front.split(':').filter(Boolean);
  const behind = back.split(':').filter(Boolean).length;
  while (groups.length < Math.min(4, 8 - behind)) groups.push('0');
  return [...groups, ...back.split(':')]
    .slice(0, 4)
    .map(group => Number.parseInt(group, 16).toString(16))
    .join(':');
}
