/** What a valid token says of its bearer. */
export interface Bearer {
  readonly subject: string;
  /** Only if the issuer has verified it. */
  readonly email?: string;
  /** The token is for this one of the bearer's roles only. */
  readonly role?: string;
  /** Seconds since 1970. */
  readonly expiresAt: number;
}
