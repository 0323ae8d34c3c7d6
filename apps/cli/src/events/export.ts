import { createWriteStream, existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { EventStore } from '#event-sourcing/event-store.js';
import { refuse } from '#event-sourcing/refusal.js';
import { type EndLine, LogDigest, lineOf } from './event-line.js';

/** Fast, and within a few per cent as small as the default. */
const COMPRESSION = { level: 4 };

/**
 * Writes the whole log, up to the head that it has at the start, as gzipped JSON Lines; nothing stands under that name before it is
 * complete.
 * @throws Refusal BAD_USER_INPUT when there is such a file already.
 */
export async function exportEvents(
  store: EventStore,
  file: string,
  onProgress: (events: number) => void = () => {},
): Promise<EndLine> {
  if (existsSync(file)) throw refuse('BAD_USER_INPUT', `${file} is there already.`);
  const digest = new LogDigest();
  let end: EndLine | undefined;
  async function* text(): AsyncGenerator<string> {
    for await (const { events } of store.readAll()) {
      const lines = events.map(lineOf);
      for (const line of lines) digest.add(line);
      yield lines.map(line => `${JSON.stringify(line)}\n`).join('');
      onProgress(digest.events);
    }
    end = digest.end();
    yield `${JSON.stringify(end)}\n`;
  }
  const unfinished = `${file}.unfinished`;
  try {
    await pipeline(Readable.from(text()), createGzip(COMPRESSION), createWriteStream(unfinished, { flush: true }));
    await rename(unfinished, file);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
  return end!;
}
