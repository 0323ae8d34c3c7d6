import { EventEmitter } from 'node:events';

/** An event as the server keeps it: data and metadata are bytes that it does not look into. */
export interface Stored {
  readonly id: string;
  readonly type: string;
  readonly contentType: string;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
  readonly stream: string;
  readonly revision: number;
  /** Commit and prepare position. */
  readonly position: bigint;
  /** Milliseconds since 1970. */
  readonly created: number;
}

export type Proposed = Pick<Stored, 'id' | 'type' | 'contentType' | 'data' | 'metadata'>;
/** A revision, -1 for a stream that must not exist, or a looser wish. */
export type Expected = number | 'any' | 'streamExists';
/** The last event of the append, or the revision (-1: no stream) that contradicts what was expected. */
export type Outcome = { readonly last: Stored } | { readonly current: number };

const RECORD_OVERHEAD = 137;
const APPENDS_PER_STATISTICS = 10;
const nothing = new Uint8Array();

/** The transaction log of the double, with the server's own events between ours. Emits `written` after each append. */
export class Log extends EventEmitter {
  readonly all: Stored[] = [];
  private readonly streams = new Map<string, Stored[]>();
  /** Positions are byte offsets: ascending, with holes. */
  private end = 4_096n;
  private appends = 0;

  constructor() {
    super();
    this.setMaxListeners(0);
    this.writeOwn('$metadata', '$$$settings');
  }

  stream(name: string): readonly Stored[] | undefined {
    return this.streams.get(name);
  }

  append(stream: string, expected: Expected, events: readonly Proposed[]): Outcome {
    const stored = this.streams.get(stream) ?? [];
    const current = stored.length - 1;
    if (expected === 'streamExists' && current < 0) return { current };
    const before = typeof expected === 'number' ? expected : this.loosely(stored, events);
    if (before !== current && !events.every(({ id }, i) => stored[before + 1 + i]?.id === id)) return { current };
    if (before === current) {
      for (const event of events) this.write(stream, event);
      if (++this.appends % APPENDS_PER_STATISTICS === 0) this.writeOwn('$statsCollected', '$stats-127.0.0.1:2113');
      this.emit('written');
    }
    return { last: this.streams.get(stream)![before + events.length]! };
  }

  /** Without an expected revision a repeat is recognised by the place of its first event. */
  private loosely(stored: readonly Stored[], events: readonly Proposed[]): number {
    const known = stored.findIndex(({ id }) => id === events[0]?.id);
    return known < 0 ? stored.length - 1 : known - 1;
  }

  private writeOwn(type: string, stream: string): void {
    const id = `00000000-0000-4000-8000-${String(this.all.length).padStart(12, '0')}`;
    this.write(stream, { id, type, contentType: 'application/json', data: Buffer.from('{}'), metadata: nothing });
  }

  private write(stream: string, event: Proposed): void {
    const events = this.streams.get(stream) ?? [];
    const stored = { ...event, stream, revision: events.length, position: this.end, created: Date.now() };
    this.end += BigInt(RECORD_OVERHEAD + event.data.length + event.metadata.length);
    events.push(stored);
    this.streams.set(stream, events);
    this.all.push(stored);
  }
}
