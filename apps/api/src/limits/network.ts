import { isIPv6 } from 'node:net';

/** Whoever has an IPv6 address has the 2^64 beside it as well, so these count as one. */
export function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  const [front = '', back = ''] = address.split('::');
  const groups = front.split(':').filter(Boolean);
  const behind = back.split(':').filter(Boolean).length;
  while (groups.length < Math.min(4, 8 - behind)) groups.push('0');
  return [...groups, ...back.split(':')]
    .slice(0, 4)
    .map(group => Number.parseInt(group, 16).toString(16))
    .join(':');
}
