import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { refuse } from '#event-sourcing/refusal.js';
import { type EndLine, type EventLine, LogDigest, parsedLine } from './event-line.js';

/** An event in a file, and how long its line is. */
export interface FoundEvent {
  readonly event: EventLine;
  readonly length: number;
}

/** The events of a file in their order, without holding more than a piece of it. */
export async function* eventsIn(file: string): AsyncGenerator<FoundEvent> {
  let number = 0;
  for await (const text of linesIn(file)) {
    const line = parsedLine(text, ++number);
    if ('digest' in line) return;
    yield { event: line, length: text.length };
  }
}

/**
 * Reads a file to its end and says what is in it.
 * @throws Refusal BAD_USER_INPUT when it is cut off or altered.
 */
export async function checkedFile(file: string): Promise<EndLine> {
  const digest = new LogDigest();
  let number = 0;
  let said: EndLine | undefined;
  for await (const text of linesIn(file)) {
    const line = parsedLine(text, ++number);
    if (said) throw refuse('BAD_USER_INPUT', `${file} goes on behind its end, in line ${number}.`);
    if ('digest' in line) said = line;
    else digest.add(line);
  }
  const found = digest.end();
  if (!said) throw refuse('BAD_USER_INPUT', `${file} is cut off: its last line is missing.`);
  if (said.digest !== found.digest || said.events !== found.events)
    throw refuse('BAD_USER_INPUT', `${file} was altered: its events are not those that its last line speaks of.`);
  return found;
}

/** Only by line feeds: a text may hold U+2028, which readline takes for the end of a line. */
async function* linesIn(file: string): AsyncGenerator<string> {
  const source = createReadStream(file);
  const text = file.endsWith('.gz') ? pipeline(source, createGunzip(), () => undefined) : source;
  text.setEncoding('utf8');
  let rest = '';
  for await (const piece of text) {
    const lines = (rest + piece).split('\n');
    rest = lines.pop()!;
    yield* lines;
  }
  if (rest) yield rest;
}
