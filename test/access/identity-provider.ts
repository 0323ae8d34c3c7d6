import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, SignJWT } from 'jose';

/** A key of the provider, by the id under which it is published. */
export interface SigningKey {
  readonly id: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

export const newKey = (id: string): SigningKey => ({ id, ...generateKeyPairSync('rsa', { modulusLength: 2048 }) });

export const AUDIENCE = 'chronicle';

/** An identity provider on loopback: its configuration, and the keys that it publishes at the moment. */
export interface IdentityProvider {
  readonly issuer: string;
  /** The paths that were asked for. */
  readonly asked: readonly string[];
  publish(...keys: readonly SigningKey[]): void;
  close(): Promise<void>;
}

export async function identityProvider(): Promise<IdentityProvider> {
  let published: readonly SigningKey[] = [];
  const asked: string[] = [];
  const server = createServer(async (request, response) => {
    asked.push(request.url ?? '');
    const { port } = server.address() as AddressInfo;
    const issuer = `http://127.0.0.1:${port}`;
    const keys = published.map(async ({ id, publicKey }) => ({ ...(await exportJWK(publicKey)), kid: id, use: 'sig' }));
    const answer = request.url?.endsWith('configuration')
      ? { issuer, jwks_uri: `${issuer}/keys` }
      : { keys: await Promise.all(keys) };
    response.setHeader('content-type', 'application/json').end(JSON.stringify(answer));
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    issuer: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    publish: (...keys) => {
      published = keys;
    },
    close: () => new Promise(resolve => server.close(() => resolve())),
  };
}

/** What a token says; a good one unless changed. */
export interface Claims {
  readonly issuer: string;
  readonly audience?: string;
  readonly email?: string;
  readonly verified?: boolean;
  /** Seconds from now. */
  readonly expiresIn?: number;
  readonly notBeforeIn?: number;
}

/** Signs as the provider does, or as somebody who would like to be taken for it. */
export function signed(
  { issuer, audience = AUDIENCE, email, verified = true, expiresIn = 600, notBeforeIn }: Claims,
  { alg, kid, key }: { readonly alg: string; readonly kid: string; readonly key: KeyObject | CryptoKey | Uint8Array },
): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const token = new SignJWT({ email, email_verified: verified })
    .setProtectedHeader({ alg, kid })
    .setIssuer(issuer)
    .setAudience(audience)
    .setSubject(email ?? 'nobody')
    .setIssuedAt(now)
    .setExpirationTime(now + expiresIn);
  return (notBeforeIn === undefined ? token : token.setNotBefore(now + notBeforeIn)).sign(key);
}
