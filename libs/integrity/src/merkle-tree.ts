import { createHash } from 'node:crypto';
import type { Hash } from './event-hash.js';

/** A node of the tree: 32 bytes. */
export type Node = Buffer;

const sha256 = (...parts: readonly Uint8Array[]) => {
  const digest = createHash('sha256');
  for (const part of parts) digest.update(part);
  return digest.digest();
};

const [LEAF, INNER] = [Buffer.from([0]), Buffer.from([1])];
const EMPTY_ROOT = sha256();

/** RFC 6962: a leaf and an inner node can never have the same hash, because they begin differently. */
export const leaf = (hash: Hash): Node => sha256(LEAF, Buffer.from(hash, 'base64url'));
const inner = (left: Node, right: Node): Node => sha256(INNER, left, right);

/** A Merkle tree (RFC 6962) that grows at its right end: it keeps the roots of the full subtrees alone, one per bit of its size. */
export class Frontier {
  /** @param roots Of the full subtrees, the largest first. */
  constructor(
    public size = 0,
    private readonly roots: Node[] = [],
  ) {}

  add(hash: Hash): void {
    this.roots.push(leaf(hash));
    // As many full subtrees of equal size meet as the number before this one has ones at its end.
    for (let before = this.size; before % 2 === 1; before = (before - 1) / 2) {
      const [left, right] = this.roots.splice(-2) as [Node, Node];
      this.roots.push(inner(left, right));
    }
    this.size++;
  }

  root(): Hash {
    const root = this.roots.length ? this.roots.reduceRight((right, left) => inner(left, right)) : EMPTY_ROOT;
    return root.toString('base64url');
  }

  /** The full subtrees, the largest first: with the size all that is needed to go on. */
  subtrees(): Hash[] {
    return this.roots.map(root => root.toString('base64url'));
  }

  static of({ size, subtrees }: { readonly size: number; readonly subtrees: readonly Hash[] }): Frontier {
    return new Frontier(
      size,
      subtrees.map(root => Buffer.from(root, 'base64url')),
    );
  }
}

/** The hash on the way from a leaf to the root, the lowest first (RFC 6962, 2.1.1). */
export type InclusionProof = readonly Hash[];

/**
 * The proofs for some leaves of a tree, in one pass over all of its hashes.
 * @param wanted Their numbers from 0, ascending.
 */
export function inclusionProofs(
  size: number,
  hashes: Iterator<Hash>,
  wanted: readonly number[],
): Map<number, InclusionProof> {
  const proofs = new Map<number, Hash[]>(wanted.map(index => [index, []]));
  /** The root of the leaves from `first` on; their hashes are taken in order. */
  const rootOf = (first: number, count: number, inside: readonly number[]): Node => {
    if (count === 1) return leaf(hashes.next().value as Hash);
    const half = 2 ** Math.ceil(Math.log2(count) - 1);
    const [lefts, rights] = [inside.filter(at => at < first + half), inside.filter(at => at >= first + half)];
    const left = rootOf(first, half, lefts);
    const right = rootOf(first + half, count - half, rights);
    for (const at of lefts) proofs.get(at)!.push(right.toString('base64url'));
    for (const at of rights) proofs.get(at)!.push(left.toString('base64url'));
    return inner(left, right);
  };
  if (size > 0) rootOf(0, size, wanted);
  return proofs;
}

/** The root that a proof leads to from a leaf; `undefined` for a proof that cannot be (RFC 9162, 2.1.3.2). */
export function provenRoot(hash: Hash, index: number, size: number, proof: InclusionProof): Hash | undefined {
  if (index >= size) return undefined;
  let [at, last, node] = [index, size - 1, leaf(hash)];
  for (const step of proof) {
    const sibling = Buffer.from(step, 'base64url');
    if (last === 0) return undefined;
    if (at % 2 === 1 || at === last) {
      node = inner(sibling, node);
      for (; at % 2 === 0 && at !== 0; at /= 2) last = Math.floor(last / 2);
    } else node = inner(node, sibling);
    [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  }
  return last === 0 ? node.toString('base64url') : undefined;
}
