import type { Hash } from './event-hash.js';

interface End {
  readonly revision: bigint;
  readonly hash: Hash;
}

/**
 * The last hash of the streams that were used last. In two halves: when the younger is full, the older is forgotten as a whole. Moving
 * each stream to the end of one map at every use was three times as expensive.
 */
export class StreamEnds {
  private younger = new Map<string, End>();
  private older = new Map<string, End>();

  /** @param half How many to remember at least; at most twice as many. */
  constructor(private readonly half: number) {}

  /** The hash at that revision, if that is where the stream was seen to end. */
  at(stream: string, revision: bigint): Hash | undefined {
    const end = this.end(stream);
    return end?.revision === revision ? end.hash : undefined;
  }

  end(stream: string): End | undefined {
    return this.younger.get(stream) ?? this.older.get(stream);
  }

  remember(stream: string, revision: bigint, hash: Hash): void {
    const known = this.younger.get(stream);
    // An answer may be overtaken by that of a later append.
    if (known && known.revision > revision) return;
    this.younger.set(stream, { revision, hash });
    if (this.younger.size < this.half) return;
    this.older = this.younger;
    this.younger = new Map();
  }

  forget(stream: string): void {
    this.younger.delete(stream);
    this.older.delete(stream);
  }
}
