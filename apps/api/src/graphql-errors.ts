import { randomUUID } from 'node:crypto';
import type { GraphQLFormattedError } from 'graphql';
import { GraphQLError } from 'graphql';
import type { Logger } from 'pino';
import { Refusal } from '#event-sourcing/refusal.js';

/** Codes of errors that the client caused and that say nothing about our insides. */
const CLIENT_ERRORS = new Set([
  'BAD_USER_INPUT',
  'BAD_REQUEST',
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
  'PERSISTED_QUERY_NOT_FOUND',
  'PERSISTED_QUERY_NOT_SUPPORTED',
]);

/** Postgres's code for a text that it cannot hold: one with a NUL character. Reports take texts as they come. */
const NOT_STORABLE = '22021';

/** Postgres's code for a statement that was ended, because it took longer than questions may. */
const CANCELED = '57014';
/** Apollo's own message explains to its operator how to switch it on. */
const NO_INTROSPECTION = 'INTROSPECTION_DISABLED';
const PROPOSAL = / ?Did you mean [^?]*\?/g;

/** The error behind a GraphQL error: what the resolver threw. */
function causeOf(error: unknown): unknown {
  return error instanceof GraphQLError && error.originalError ? error.originalError : error;
}

/**
 * What a client may see of an error: a refusal with its code, field and what is allowed; a mistake in the document as it is;
 * of anything else only a reference, with which it stands in the log.
 */
export function errorFormatter(
  log: Logger,
): (formatted: GraphQLFormattedError, error: unknown) => GraphQLFormattedError {
  // Whoever may not read the schema must not guess it from what graphql proposes for a name that is wrong.
  const hints = process.env.NODE_ENV !== 'production';
  return ({ message, path, locations, extensions }, error) => {
    const cause = causeOf(error);
    if (cause instanceof Refusal)
      return { message: cause.message, path, locations, extensions: { code: cause.code, ...cause.details } };
    const { stacktrace: _, ...safe } = extensions ?? {};
    if (safe.validationErrorCode === NO_INTROSPECTION)
      return { message: 'Introspection is off here.', locations, extensions: safe };
    if (CLIENT_ERRORS.has(String(safe.code)))
      return { message: hints ? message : message.replace(PROPOSAL, ''), path, locations, extensions: safe };
    const { code } = cause as { code?: unknown };
    if (code === CANCELED) {
      log.warn({ path }, 'A question took too long and was ended.');
      return {
        message: 'This takes too long. Ask for a shorter period, or for less at once.',
        path,
        locations,
        extensions: { code: 'QUERY_TOO_SLOW' },
      };
    }
    if (code === NOT_STORABLE)
      return {
        message: 'A text holds a character that no text can hold here.',
        path,
        locations,
        extensions: { code: 'BAD_USER_INPUT', allowed: 'texts without NUL characters' },
      };
    const reference = randomUUID();
    log.error({ reference, err: cause, path }, 'unexpected error');
    return {
      message: `Something went wrong on our side. Reference: ${reference}`,
      path,
      extensions: { code: 'INTERNAL_SERVER_ERROR', reference },
    };
  };
}
