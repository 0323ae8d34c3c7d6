import { chmodSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { authenticationFrom } from './authentication.js';
import { LocalIssuer } from './local-issuer.js';
import { TokenVerifier } from './token-verifier.js';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'chronicle-'));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

const keyFile = () => join(dataDir, 'issuer', 'key.pem');

describe('The local issuer', () => {
  it('makes tokens that say whose they are, until when, and for which role', async () => {
    const token = await LocalIssuer.of(dataDir).token('li@corp.example', { role: 'analyst', seconds: 60 });
    const bearer = await new TokenVerifier(LocalIssuer.of(dataDir).rules).verify(token);
    expect(bearer).toMatchObject({ subject: 'li@corp.example', email: 'li@corp.example', role: 'analyst' });
    expect(bearer.expiresAt * 1000 - Date.now()).toBeLessThanOrEqual(60_000);
  });

  it('does not accept those of another data folder', async () => {
    const other = mkdtempSync(join(tmpdir(), 'chronicle-'));
    const token = await LocalIssuer.of(other).token('li@corp.example', { seconds: 60 });
    rmSync(other, { recursive: true });
    const refused = expect.objectContaining({ code: 'UNAUTHENTICATED' });
    await expect(new TokenVerifier(LocalIssuer.of(dataDir).rules).verify(token)).rejects.toEqual(refused);
  });

  it('keeps its key to itself, and does not use one that others can read', () => {
    LocalIssuer.of(dataDir);
    expect(statSync(keyFile()).mode & 0o777).toBe(0o600);
    chmodSync(keyFile(), 0o644);
    expect(() => LocalIssuer.of(dataDir)).toThrow('can be read by others');
  });

  it('refuses production and addresses that other machines reach', () => {
    expect(() => authenticationFrom({ dataDir }, 'production')).toThrow('not for NODE_ENV=production');
    for (const host of ['0.0.0.0', '::', '192.168.1.7', '127.0.0.1.example.com', 'crm.example.com'])
      expect(() => authenticationFrom({ dataDir, host }, 'test')).toThrow('for this machine only');
    for (const host of [undefined, '127.0.0.1', '127.0.0.2', '::1', 'localhost'])
      expect(authenticationFrom({ dataDir, host }, 'test').localIssuer).toBeDefined();
  });

  it('is not there beside an identity provider', () => {
    const oidc = { issuer: 'https://login.example.com', audience: 'chronicle' };
    expect(authenticationFrom({ dataDir, oidc, host: '0.0.0.0' }, 'production').localIssuer).toBeUndefined();
  });
});
