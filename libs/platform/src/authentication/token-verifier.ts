import { errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { Recent } from '#event-sourcing/recent.js';
import { type Refusal, refuse } from '#event-sourcing/refusal.js';
import type { Bearer } from './bearer.js';

/** Which tokens are accepted. */
export interface TokenRules {
  readonly issuer: string;
  readonly audience: string;
  /** Asymmetric ones only: with the issuer's public key as a secret anybody could sign. */
  readonly algorithms: readonly string[];
  readonly keys: JWTVerifyGetKey;
}

/** How far the issuer's clock may be off. */
const CLOCK_TOLERANCE_SECONDS = 5;
/** The claim that narrows a token to one of its bearer's roles. */
export const ROLE_CLAIM = 'chronicle_role';

/** How many tokens are remembered. */
const REMEMBERED = 1_000;

/** A token that was verified, by which key, and how that was found. */
interface Verified {
  readonly bearer: Bearer;
  readonly key: unknown;
  readonly asked: Parameters<JWTVerifyGetKey>;
}

/** What may be wrong with a token; whatever else is thrown says that the keys could not be had. */
const FAULTS = [
  errors.JWTClaimValidationFailed,
  errors.JWTExpired,
  errors.JWTInvalid,
  errors.JWSInvalid,
  errors.JWSSignatureVerificationFailed,
  errors.JOSEAlgNotAllowed,
  errors.JOSENotSupported,
  errors.JWKSNoMatchingKey,
  errors.JWKSMultipleMatchingKeys,
];

/** Lets in the bearers of tokens that keep the rules. */
export class TokenVerifier {
  /** Clients show the same token with every request, and its signature takes longer to verify than a short list to be found. */
  private readonly verified = new Recent<Verified>(REMEMBERED);

  constructor(
    private readonly rules: TokenRules,
    /** Called when the issuer's keys cannot be had. */
    private readonly onTrouble: (error: unknown) => void = () => {},
    private readonly now: () => Date = () => new Date(),
  ) {}

  /** @throws Refusal UNAUTHENTICATED for any other token, IDENTITY_PROVIDER_UNREACHABLE while its keys cannot be had. */
  async verify(token: string): Promise<Bearer> {
    try {
      const known = this.verified.get(token);
      if (known && (await this.stillHolds(known))) return known.bearer;
      const verified = await this.verifiedNow(token);
      this.verified.set(token, verified);
      return verified.bearer;
    } catch (error) {
      if (error instanceof errors.JWTExpired) throw unauthenticated('The token has expired.');
      if (FAULTS.some(fault => error instanceof fault)) throw unauthenticated('The token is not valid.');
      this.onTrouble(error);
      throw refuse('IDENTITY_PROVIDER_UNREACHABLE', 'The identity provider does not answer. Try again later.');
    }
  }

  /** A signature stays good for as long as the issuer publishes its key, a token for as long as it says. */
  private async stillHolds({ bearer, key, asked }: Verified): Promise<boolean> {
    return this.now().getTime() < bearer.expiresAt * 1_000 && (await this.rules.keys(...asked)) === key;
  }

  private async verifiedNow(token: string): Promise<Verified> {
    const { keys, issuer, audience, algorithms } = this.rules;
    let found!: Omit<Verified, 'bearer'>;
    const keyOf: JWTVerifyGetKey = async (...asked) => {
      const key = await keys(...asked);
      found = { key, asked };
      return key;
    };
    const { payload } = await jwtVerify(token, keyOf, {
      issuer,
      audience,
      algorithms: [...algorithms],
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      currentDate: this.now(),
      requiredClaims: ['sub', 'exp'],
    });
    return { bearer: bearerOf(payload), ...found };
  }
}

/** The answer to whoever does not say, or cannot prove, who they are. */
export function unauthenticated(message: string): Refusal {
  return refuse('UNAUTHENTICATED', message, { allowed: 'authorization: Bearer <token>' });
}

function bearerOf({ sub, exp, email, email_verified: verified, [ROLE_CLAIM]: role }: JWTPayload): Bearer {
  return {
    subject: sub!,
    // An address that nobody has verified is a claim to be somebody else.
    ...(typeof email === 'string' && verified === true && { email }),
    ...(typeof role === 'string' && { role }),
    expiresAt: exp!,
  };
}
