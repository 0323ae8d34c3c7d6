import { randomUUID } from 'node:crypto';
import { v5 } from 'uuid';

const NAMESPACE = '6f2f9f0e-6d1f-4c0e-9d55-3f0f6f1d7a10';

/** The same UUID for the same parts, on every machine: what is derived from a command's id makes its repetition harmless. */
export function derivedId(...parts: readonly string[]): string {
  return v5(JSON.stringify(parts), NAMESPACE);
}

/** The id of a command's n-th event: derived from the command's id where the client gave one, so that a repeat carries the same. */
export function eventId(commandId: string | undefined, stream: string, index: number): string {
  return commandId ? derivedId(commandId, stream, String(index)) : randomUUID();
}
