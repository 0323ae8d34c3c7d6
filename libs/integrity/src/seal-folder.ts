import {
  closeSync,
  constants,
  createReadStream,
  existsSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Hash } from './event-hash.js';
import type { SignedTreeHead } from './tree-head.js';

/** What is kept of every sealed event, in the order of the log: enough to say which one is not what it was. */
export interface SealedEvent {
  readonly id: string;
  readonly hash: Hash;
}

const [ID_BYTES, HASH_BYTES] = [16, 32];
export const RECORD_BYTES = ID_BYTES + HASH_BYTES;
const AT_ONCE = 4_096;

/** Where the heads of one log are kept, outside its database: `heads.jsonl`, and `leaves`, a record per event. */
export class SealFolder {
  constructor(readonly path: string) {}

  /** A folder per log in `parent`, named by the log's first event. */
  static of(parent: string, log: Hash): SealFolder {
    return new SealFolder(join(parent, log));
  }

  /** The logs whose heads are in a folder; the folder of a single log counts as such too. */
  static in(parent: string): SealFolder[] {
    if (existsSync(join(parent, HEADS))) return [new SealFolder(parent)];
    if (!existsSync(parent)) return [];
    const folders = readdirSync(parent).map(name => new SealFolder(join(parent, name)));
    return folders.filter(({ path }) => existsSync(join(path, HEADS)));
  }

  /** The heads, the oldest first. A last line that a crash cut off is not one yet. @throws Error that names the line which is no head. */
  async *heads(): AsyncGenerator<SignedTreeHead> {
    const file = join(this.path, HEADS);
    if (!existsSync(file)) return;
    const input = createReadStream(file, { end: Math.max(wholeLines(file) - 1, 0) });
    let number = 0;
    for await (const line of createInterface({ input })) {
      number++;
      if (line.trim() !== '') yield headIn(line, `line ${number} of ${file}`);
    }
  }

  lastHead(): SignedTreeHead | undefined {
    const file = join(this.path, HEADS);
    if (!existsSync(file)) return undefined;
    const line = lastLine(file);
    return line ? headIn(line, `the last line of ${file}`) : undefined;
  }

  /** How many events have a record; `undefined` where only the heads are. */
  get records(): number | undefined {
    const file = join(this.path, LEAVES);
    return existsSync(file) ? Math.floor(statSync(file).size / RECORD_BYTES) : undefined;
  }

  /** The records of events, from that number on (0: the first) and before that one. */
  *sealed(from: number, to: number): Generator<SealedEvent, undefined> {
    const file = openSync(join(this.path, LEAVES), constants.O_RDONLY);
    try {
      const piece = Buffer.alloc(AT_ONCE * RECORD_BYTES);
      for (let first = from; first < to; first += AT_ONCE) {
        const read = readSync(file, piece, 0, Math.min(AT_ONCE, to - first) * RECORD_BYTES, first * RECORD_BYTES);
        for (let at = 0; at + RECORD_BYTES <= read; at += RECORD_BYTES) yield recordAt(piece, at);
      }
    } finally {
      closeSync(file);
    }
    return undefined;
  }

  /** Adds records behind the first `count`; what stands there was written before a crash and has no head. */
  addRecords(count: number, events: readonly SealedEvent[]): void {
    mkdirSync(this.path, { recursive: true, mode: 0o700 });
    const file = openSync(join(this.path, LEAVES), constants.O_RDWR | constants.O_CREAT, 0o600);
    try {
      ftruncateSync(file, count * RECORD_BYTES);
      writeSync(file, Buffer.concat(events.map(asRecord)), 0, undefined, count * RECORD_BYTES);
    } finally {
      closeSync(file);
    }
  }

  /** Adds a head once the records that it speaks of are on disk. */
  addHead(head: SignedTreeHead): void {
    sync(join(this.path, LEAVES));
    const path = join(this.path, HEADS);
    const file = openSync(path, 'a', 0o600);
    try {
      ftruncateSync(file, wholeLines(path));
      writeSync(file, `${JSON.stringify(head)}\n`);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    sync(this.path);
  }
}

const [HEADS, LEAVES] = ['heads.jsonl', 'leaves'];
/** A head has one hash per bit of its size, and the name of a stream. */
const LONGEST_LINE = 65_536;

/** The length of the file without what follows its last line feed: a crash may have cut a line off. */
const wholeLines = (path: string) => statSync(path).size - tailOf(path).length + tailOf(path).lastIndexOf(0x0a) + 1;

const lastLine = (path: string) => {
  const tail = tailOf(path);
  return tail
    .toString('utf8', 0, tail.lastIndexOf(0x0a) + 1)
    .trimEnd()
    .split('\n')
    .at(-1);
};

function tailOf(path: string): Buffer {
  const { size } = statSync(path);
  const tail = Buffer.alloc(Math.min(size, LONGEST_LINE));
  const file = openSync(path, constants.O_RDONLY);
  try {
    readSync(file, tail, 0, tail.length, size - tail.length);
  } finally {
    closeSync(file);
  }
  return tail;
}

function headIn(line: string, where: string): SignedTreeHead {
  try {
    const head = JSON.parse(line) as SignedTreeHead;
    if (head.format === 'chronicle-tree-head-1' && Number.isSafeInteger(head.size)) return head;
  } catch {
    // said below
  }
  throw new Error(`There is no tree head in ${where}.`);
}

function sync(path: string): void {
  const file = openSync(path, constants.O_RDONLY);
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

const asRecord = ({ id, hash }: SealedEvent) =>
  Buffer.concat([Buffer.from(id.replaceAll('-', ''), 'hex'), Buffer.from(hash, 'base64url')]);

function recordAt(piece: Buffer, at: number): SealedEvent {
  const id = piece.toString('hex', at, at + ID_BYTES).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  return { id, hash: piece.toString('base64url', at + ID_BYTES, at + RECORD_BYTES) };
}
