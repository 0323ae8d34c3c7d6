import type { Identities } from '#crm/identities/identities.js';
import type { Viewer } from '#platform/access/viewer.js';
import type { Bearer } from '#platform/authentication/bearer.js';
import { type TokenVerifier, unauthenticated } from '#platform/authentication/token-verifier.js';
import type { Connected } from './client-address.js';

/** Who comes in: every request and every web socket has to show a token here. */
export class Door {
  constructor(
    private readonly verifier: TokenVerifier,
    private readonly identities: Identities,
    /** From where a request comes. */
    readonly addressOf: (request: Connected) => string,
  ) {}

  /**
   * The bearer of `Bearer <token>`, as a header or a connection parameter says it.
   * @throws Refusal UNAUTHENTICATED, or as the verifier does.
   */
  async bearerOf(authorization: unknown): Promise<Bearer> {
    const [, token] = (typeof authorization === 'string' && /^Bearer +([\w.+/=-]+)$/i.exec(authorization)) || [];
    if (!token) throw unauthenticated('This needs a token.');
    return this.verifier.verify(token);
  }

  /**
   * What the bearer may see and do now: whoever was let in a moment ago may have been dismissed since.
   * @throws Refusal UNAUTHENTICATED for somebody without an account.
   */
  viewerOf(bearer: Bearer): Viewer {
    const viewer = this.identities.viewer(bearer);
    if (!viewer) throw unauthenticated('The bearer of this token has no account here.');
    return viewer;
  }

  /** Calls `listen` when somebody may have got other rights. */
  onChange(listen: () => void): void {
    this.identities.onChange(listen);
  }
}
