import { type Config, isLoopback } from '../config.js';
import { LocalIssuer } from './local-issuer.js';
import { oidcRules } from './oidc.js';
import type { TokenRules } from './token-verifier.js';

/** On which address the API listens unless it is told otherwise. */
export const LOOPBACK = '127.0.0.1';

/** Whose tokens the API accepts. */
export interface Authentication {
  readonly rules: TokenRules;
  /** Where no identity provider is configured. */
  readonly localIssuer?: LocalIssuer;
}

/**
 * The identity provider that is configured, otherwise the local issuer.
 * @throws Error where the local issuer would let in more than this machine: it refuses production and other addresses.
 */
export function authenticationFrom(
  { oidc, host = LOOPBACK, dataDir }: Pick<Config, 'oidc' | 'host' | 'dataDir'>,
  nodeEnv = process.env.NODE_ENV,
): Authentication {
  if (oidc) return { rules: oidcRules(oidc) };
  const remedy = 'set OIDC_ISSUER and OIDC_AUDIENCE';
  if (nodeEnv === 'production')
    throw new Error(`Tokens of the local issuer are not for NODE_ENV=production: ${remedy}.`);
  if (!isLoopback(host))
    throw new Error(`Tokens of the local issuer are for this machine only, and HOST is ${host}: ${remedy}.`);
  const localIssuer = LocalIssuer.of(dataDir);
  return { rules: localIssuer.rules, localIssuer };
}
