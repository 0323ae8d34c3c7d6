/** 1 MiB: of a million keys, one in fifty is taken for one that was added. */
const BITS = 2 ** 23;
const PROBES = 4;

/**
 * Remembers keys in bounded memory (a Bloom filter): `false` is certain, `true` may be wrong. In a build it tells new rows from those
 * that were written earlier, which would otherwise all have to be looked for in the database.
 */
export class KeyFilter {
  private readonly bits = new Uint32Array(BITS / 32);

  add(key: string): void {
    const [first, second] = hashesOf(key);
    for (let probe = 0; probe < PROBES; probe++) {
      const bit = (first + probe * second) % BITS;
      this.bits[bit >>> 5]! |= 1 << (bit & 31);
    }
  }

  mayHave(key: string): boolean {
    const [first, second] = hashesOf(key);
    for (let probe = 0; probe < PROBES; probe++) {
      const bit = (first + probe * second) % BITS;
      if (!(this.bits[bit >>> 5]! & (1 << (bit & 31)))) return false;
    }
    return true;
  }
}

/** Two independent 32-bit hashes (FNV-1a, and a multiplication of it that is odd). */
function hashesOf(key: string): [number, number] {
  let hash = 0x811c9dc5;
  for (let index = 0; index < key.length; index++) hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  const second = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35) | 1;
  return [hash >>> 0, second >>> 0];
}
