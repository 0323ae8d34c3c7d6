const BITS = 2 ** 28;
const PROBES = [0, 9, 14, 28];

/**
 * Finds ids that stand in the log more than once, in 32 MiB whatever its length: a Bloom filter says which may, one in a million at ten
 * million events, and these are counted in a second pass.
 */
export class RepeatedIds {
  private readonly filter = new Uint8Array(BITS / 8);
  readonly candidates = new Set<string>();

  see(id: string): void {
    let known = true;
    for (const at of PROBES) {
      // Random digits of the id itself; those that say its version would be the same in all.
      const bit = Number.parseInt(id.slice(at, at + 4) + id.slice(at + 4, at + 8).replace('-', '7'), 16) % BITS;
      const mask = 1 << (bit & 7);
      known = known && (this.filter[bit >>> 3]! & mask) !== 0;
      this.filter[bit >>> 3]! |= mask;
    }
    if (known) this.candidates.add(id);
  }
}
