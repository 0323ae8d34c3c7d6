import type { Hash } from './event-hash.js';

interface End {
  readonly revision: bigint;
  readonly hash: Hash;
}

/** The last hash of the streams that were used last; older ones are forgotten. */
export class StreamEnds {
  private readonly ends = new Map<string, End>();

  constructor(private readonly most: number) {}

  /** The hash at that revision, if that is where the stream was seen to end. */
  at(stream: string, revision: bigint): Hash | undefined {
    const end = this.ends.get(stream);
    return end?.revision === revision ? end.hash : undefined;
  }

  remember(stream: string, revision: bigint, hash: Hash): void {
    const known = this.ends.get(stream);
    // An answer may be overtaken by that of a later append.
    if (known && known.revision > revision) return;
    this.ends.delete(stream);
    this.ends.set(stream, { revision, hash });
    if (this.ends.size > this.most) this.ends.delete(this.ends.keys().next().value!);
  }

  forget(stream: string): void {
    this.ends.delete(stream);
  }
}
