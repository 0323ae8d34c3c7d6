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

/** What was stated again is not what is known: which fields, each with the known value as JSON. It is a refusal about the first. */
export class Contradiction extends Refusal {
  constructor(private readonly known: Readonly<Record<string, string>>) {
    const [field, value] = Object.entries(known)[0]!;
    super('ALREADY_EXISTS', `It exists already with another ${field}: ${value}.`, { field, allowed: value });
  }

  /** Without those fields; nothing if no other one contradicts. */
  without(fields: readonly string[]): Contradiction | undefined {
    const left = Object.entries(this.known).filter(([field]) => !fields.includes(field));
    return left.length > 0 ? new Contradiction(Object.fromEntries(left)) : undefined;
  }
}
