import type { Socket } from 'node:net';

/** A message of Postgres's protocol after the start of a connection. */
export interface Message {
  readonly type: string;
  /** Without type and length. */
  readonly body: Buffer;
  /** As it travels. */
  readonly bytes: Buffer;
}

/** A message as it travels. */
export function encoded(type: string, ...parts: readonly (Buffer | string)[]): Buffer {
  const body = Buffer.concat(parts.map(part => (typeof part === 'string' ? Buffer.from(part) : part)));
  const head = Buffer.alloc(5);
  head.write(type, 'latin1');
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

export const parameterStatus = (name: string, value: string): Buffer => encoded('S', `${name}\0${value}\0`);

/** Cuts what arrives into messages. */
export function messages(take: (message: Message) => void): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  return chunk => {
    rest = rest.length ? Buffer.concat([rest, chunk]) : chunk;
    while (rest.length >= 5) {
      const end = 1 + rest.readInt32BE(1);
      if (rest.length < end) return;
      const bytes = rest.subarray(0, end);
      rest = rest.subarray(end);
      take({ type: String.fromCharCode(bytes[0]!), body: bytes.subarray(5), bytes });
    }
  };
}

/** What becomes of a client that wants to connect: a refusal in words, or what it is told and who takes its messages. */
export type Admission = string | { readonly greeting: readonly Buffer[]; readonly take: (message: Message) => void };

const PROTOCOL_3 = 3;
const AUTHENTICATED = encoded('R', Buffer.from([0, 0, 0, 0]));
const READY = encoded('Z', 'I');
const KEY = encoded('K', Buffer.alloc(8));

/** The beginning of a client's connection: without encryption, and whoever comes is believed. */
export function startup(
  socket: Socket,
  admit: (parameters: Readonly<Record<string, string>>) => Admission,
): (chunk: Buffer) => void {
  let further: ((chunk: Buffer) => void) | undefined;
  return chunk => {
    if (further) return further(chunk);
    // They come alone: a client waits for the answer to each.
    if (chunk.readInt16BE(4) !== PROTOCOL_3) return void socket.write('N');
    const words = chunk.subarray(8).toString().split('\0');
    const parameters: Record<string, string> = {};
    for (let n = 0; words[n]; n += 2) parameters[words[n]!] = words[n + 1]!;
    const admission = admit(parameters);
    if (typeof admission === 'string') {
      socket.end(encoded('E', `SFATAL\0VFATAL\0C08P01\0M${admission}\0\0`));
      return;
    }
    socket.write(Buffer.concat([AUTHENTICATED, ...admission.greeting, KEY, READY]));
    further = messages(admission.take);
  };
}
