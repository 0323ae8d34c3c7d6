import { administratorOf, followIdentities } from '#apps/system/src/identities.js';
import type { System } from '#apps/system/src/system.js';
import type { Identities } from '#crm/identities/identities.js';
import { authenticationFrom } from '#platform/authentication/authentication.js';
import { TokenVerifier } from '#platform/authentication/token-verifier.js';
import { addressFinder } from './client-address.js';
import { Door } from './door.js';
import { Gate } from './limits/gate.js';

/** Who comes in, and what changes about it. */
export interface Access {
  readonly door: Door;
  /** What those who were let in may ask for. */
  readonly gate: Gate;
  readonly identities: Identities;
  /** An administrator's token, where the local issuer makes them. */
  readonly token?: string;
}

const TOKEN_SECONDS = 12 * 60 * 60;

/** As configured. @throws Error where the configuration would let in anybody. */
export async function openAccess(system: System): Promise<Access> {
  const { config, log } = system;
  const { rules, localIssuer } = authenticationFrom(config);
  const identities = await followIdentities(system);
  const onTrouble = (error: unknown) => log.error({ err: error }, 'The identity provider’s keys cannot be had.');
  const addressOf = addressFinder(config.trustProxy);
  return {
    identities,
    gate: new Gate(config.protection, addressOf),
    door: new Door(new TokenVerifier(rules, onTrouble), identities, addressOf),
    token: await localIssuer?.token(administratorOf(config)!, { seconds: TOKEN_SECONDS }),
  };
}
