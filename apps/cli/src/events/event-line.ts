import { createHash } from 'node:crypto';
import type { EventMetadata, NewEvent, RecordedEvent } from '#event-sourcing/event.js';

/**
 * An event in a file: everything that moves with it from store to store. Its position and the store's time stamp belong to the
 * store that it came from.
 */
export interface EventLine extends NewEvent {
  readonly stream: string;
  readonly revision: number;
}

/** The last line: by it a file that was cut off or altered is recognised. */
export interface EndLine {
  readonly events: number;
  readonly digest: string;
}

export const lineOf = ({ stream, revision, id, type, data, metadata, recordedAt }: RecordedEvent): EventLine => ({
  stream,
  revision: Number(revision),
  id,
  type,
  recordedAt,
  data,
  metadata,
});

/** @throws Error that names the line, when it is neither an event nor the end. */
export function parsedLine(text: string, number: number): EventLine | EndLine {
  const line = jsonOf(text) as Partial<EventLine & EndLine> | undefined;
  if (typeof line?.events === 'number' && typeof line.digest === 'string') return line as EndLine;
  const { stream, revision, id, type, recordedAt, metadata } = line ?? {};
  const texts = [stream, id, type, recordedAt].every(value => typeof value === 'string' && value !== '');
  const complete = texts && Number.isSafeInteger(revision) && revision! >= 0 && line?.data !== undefined;
  if (!complete || typeof metadata !== 'object') throw new Error(`Line ${number} is not an event.`);
  return { ...(line as EventLine), metadata: metadata as EventMetadata };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** SHA-256 over events in their order. The order of keys does not matter: a store may keep JSON in an order of its own. */
export class LogDigest {
  private readonly hash = createHash('sha256');
  events = 0;

  add(line: EventLine): void {
    this.hash.update(canonical(line)).update('\n');
    this.events++;
  }

  /** What came so far; nothing can be added behind it. */
  end(): EndLine {
    return { events: this.events, digest: this.hash.digest('hex') };
  }
}

/** The same text for the same content. Not RFC 8785, which hashes of events use: exported files have digests of this one, where keys that are numbers come first. */
export const canonical = (value: unknown): string => JSON.stringify(inOrder(value));

/** The value with the keys of its objects in order; itself where they are so already, as most are. */
function inOrder(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(inOrder);
  const entries = Object.entries(value);
  const parts = entries.map(([key, part]) => [key, inOrder(part)] as const);
  const asIs = parts.every(([key, part], at) => part === entries[at]![1] && (at === 0 || entries[at - 1]![0] < key));
  return asIs ? value : Object.fromEntries([...parts].sort(([one], [other]) => (one < other ? -1 : 1)));
}
