/** What a client can do about a refusal, as far as we know it. */
export interface RefusalDetails {
  /** The input field at fault. */
  readonly field?: string;
  /** What would have been accepted. */
  readonly allowed?: string | readonly string[];
  /** When it is worth trying again, for who has asked too often. */
  readonly retryAfterSeconds?: number;
  /** Under which the reason stands in our own log, where it is not the client's. */
  readonly reference?: string;
}

/** A command that may not happen: an answer, not a bug. `code` is stable and becomes `extensions.code` in GraphQL. */
export class Refusal extends Error {
  override readonly name = 'Refusal';

  constructor(
    readonly code: string,
    message: string,
    readonly details: RefusalDetails = {},
  ) {
    super(message);
  }
}

/** Ends a decision: `throw refuse('LEAD_DISQUALIFIED', 'The lead was disqualified.')`. */
export function refuse(code: string, message: string, details?: RefusalDetails): Refusal {
  return new Refusal(code, message, details);
}
