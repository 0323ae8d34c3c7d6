import { createRemoteJWKSet, errors, type JWTVerifyGetKey } from 'jose';
import type { OidcConfig } from '../config.js';
import type { TokenRules } from './token-verifier.js';

const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];
const PATIENCE_MS = 5_000;
/** An unknown key is looked up at most so often: whoever invents key ids must not make us flood the provider. */
const COOLDOWN_MS = 30_000;

/** Tokens of an identity provider. Its keys are fetched when the first token comes, and again when one names a new key. */
export function oidcRules({ issuer, audience, jwksUrl }: OidcConfig, cooldownMs = COOLDOWN_MS): TokenRules {
  const keysAt = (url: string) =>
    createRemoteJWKSet(new URL(url), { timeoutDuration: PATIENCE_MS, cooldownDuration: cooldownMs });
  const keys = jwksUrl ? keysAt(jwksUrl) : found(async () => keysAt(await discoveredJwks(issuer)), cooldownMs);
  return { issuer, audience, algorithms: ALGORITHMS, keys };
}

/** Finds the keys once; after a failure not again before the cooldown is over. */
function found(find: () => Promise<JWTVerifyGetKey>, cooldownMs: number): JWTVerifyGetKey {
  let finding: Promise<JWTVerifyGetKey> | undefined;
  return async (header, token) => {
    finding ??= find().catch(error => {
      setTimeout(() => {
        finding = undefined;
      }, cooldownMs).unref();
      throw error;
    });
    return (await finding)(header, token);
  };
}

async function discoveredJwks(issuer: string): Promise<string> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const answer = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(PATIENCE_MS) });
  if (!answer.ok) throw new errors.JOSEError(`${url} answered ${answer.status}.`);
  const configuration = (await answer.json()) as { issuer?: unknown; jwks_uri?: unknown };
  if (configuration.issuer !== issuer || typeof configuration.jwks_uri !== 'string')
    throw new Error(`${url} is the configuration of ${String(configuration.issuer)}, not of ${issuer}.`);
  return configuration.jwks_uri;
}
