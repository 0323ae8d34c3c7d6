import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';

/** What an id from outside may look like; anything else could forge a line in the history or the log. */
const PLAIN_ID = /^[\p{L}\p{N}._:@+-]{1,100}$/u;

const current = new AsyncLocalStorage<string>();

/** Runs `work` as part of a conversation: everything that is logged on the way carries its id. */
export function withCorrelation<T>(correlationId: string, work: () => T): T {
  return current.run(correlationId, work);
}

/** The conversation that the running code belongs to. */
export const correlationId = (): string | undefined => current.getStore();

/** The id that a client gave its request, or a new one where it gave none that is plain. */
export const correlationFrom = (header: unknown): string => plainId(header) ?? randomUUID();

/** A header's value if it is a plain id of at most 100 letters and digits. */
export const plainId = (header: unknown): string | undefined =>
  typeof header === 'string' && PLAIN_ID.test(header) ? header : undefined;
