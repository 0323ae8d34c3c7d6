import { HeaderMap } from '@apollo/server';
import { GraphQLError } from 'graphql';
import type { Refusal } from '#event-sourcing/refusal.js';

/** Refusals that have nothing to do with what the operation is about, by the status that HTTP has for them. */
const STATUS: Readonly<Record<string, number>> = {
  UNAUTHENTICATED: 401,
  IDENTITY_PROVIDER_UNREACHABLE: 503,
  QUERY_TOO_COMPLEX: 400,
  OPERATION_NOT_ALLOWED: 403,
  RATE_LIMITED: 429,
};

/** The status and the headers that go with a refusal over HTTP. */
export function httpOf({ code, details }: Refusal): { status: number; headers: Readonly<Record<string, string>> } {
  const status = STATUS[code] ?? 400;
  if (code === 'UNAUTHENTICATED') return { status, headers: { 'www-authenticate': 'Bearer' } };
  if (code === 'RATE_LIMITED') return { status, headers: { 'retry-after': String(details.retryAfterSeconds) } };
  return { status, headers: {} };
}

/** What GraphQL answers to a request that is refused before it is executed. */
export function refusedAnswer(refusal: Refusal): GraphQLError {
  const { status, headers } = httpOf(refusal);
  const http = { status, headers: new HeaderMap(Object.entries(headers)) };
  return new GraphQLError(refusal.message, { originalError: refusal, extensions: { code: refusal.code, http } });
}
