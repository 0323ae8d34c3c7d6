import { hash, randomUUID } from 'node:crypto';

const NAMESPACE = Buffer.from('6f2f9f0e6d1f4c0e9d553f0f6f1d7a10', 'hex');
const VARIANT = '89ab';

/**
 * The same UUID (version 5) for the same parts, on every machine: what is derived from a command's id makes its repetition harmless.
 * Made here because an import derives five of them per row, and the usual package takes almost three times as long.
 */
export function derivedId(...parts: readonly string[]): string {
  const digest = hash('sha1', Buffer.concat([NAMESPACE, Buffer.from(JSON.stringify(parts))]));
  const variant = VARIANT[Number.parseInt(digest[16]!, 16) & 3];
  return `${digest.slice(0, 8)}-${digest.slice(8, 12)}-5${digest.slice(13, 16)}-${variant}${digest.slice(17, 20)}-${digest.slice(20, 32)}`;
}

/** The id of a command's n-th event: derived from the command's id where the client gave one, so that a repeat carries the same. */
export function eventId(commandId: string | undefined, stream: string, index: number): string {
  return commandId ? derivedId(commandId, stream, String(index)) : randomUUID();
}
