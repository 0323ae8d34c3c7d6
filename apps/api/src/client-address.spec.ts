import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { addressFinder, type Connected } from './client-address.js';

const request = (remoteAddress: string, forwarded?: string) =>
  ({
    socket: { remoteAddress } as IncomingMessage['socket'],
    headers: forwarded ? { 'x-forwarded-for': forwarded } : {},
  }) as Connected;

describe('The address of a client', () => {
  it('is that of the connection, whatever the client says, unless a proxy is trusted', () => {
    const addressOf = addressFinder([]);
    expect(addressOf(request('198.51.100.4'))).toBe('198.51.100.4');
    expect(addressOf(request('198.51.100.4', '203.0.113.7'))).toBe('198.51.100.4');
    expect(addressOf(request('::ffff:198.51.100.4'))).toBe('198.51.100.4');
  });

  it('is what trusted proxies say, up to the first one that is not trusted', () => {
    const addressOf = addressFinder(['10.0.0.0/8', 'loopback']);
    expect(addressOf(request('127.0.0.1', '203.0.113.7, 10.1.2.3'))).toBe('203.0.113.7');
    // A client may send the header as well: the proxy adds the true address behind it.
    expect(addressOf(request('10.1.2.3', '1.1.1.1, 203.0.113.7'))).toBe('203.0.113.7');
    expect(addressOf(request('10.1.2.3', '2001:db8::7'))).toBe('2001:db8::7');
    expect(addressOf(request('192.0.2.1', '203.0.113.7'))).toBe('192.0.2.1');
  });

  it('is that of the connection if a proxy hands on what is no address', () => {
    const addressOf = addressFinder(['loopback']);
    for (const forged of ['unknown', '<script>', '203.0.113.7:1234', '\u0000'])
      expect(addressOf(request('127.0.0.1', forged))).toBe('127.0.0.1');
  });
});
