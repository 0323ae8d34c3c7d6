import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { Frontier, inclusionProofs, provenRoot } from './merkle-tree.js';

const sha256 = (...parts: Buffer[]) => createHash('sha256').update(Buffer.concat(parts)).digest();
const hashes = Array.from({ length: 70 }, (_, n) => sha256(Buffer.from(`event ${n}`)).toString('base64url'));

/** MTH of RFC 6962, section 2.1, to the letter. */
function treeHash(leaves: readonly string[]): Buffer {
  if (leaves.length === 0) return sha256();
  if (leaves.length === 1) return sha256(Buffer.from([0]), Buffer.from(leaves[0]!, 'base64url'));
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return sha256(Buffer.from([1]), treeHash(leaves.slice(0, split)), treeHash(leaves.slice(split)));
}

describe('the tree over the log', () => {
  it('has the root that RFC 6962 defines, at every size, also when it is continued from its subtrees', () => {
    let frontier = new Frontier();
    for (let size = 0; size <= hashes.length; size++) {
      expect(frontier.root()).toBe(treeHash(hashes.slice(0, size)).toString('base64url'));
      frontier = Frontier.of({ size: frontier.size, subtrees: frontier.subtrees() });
      if (size < hashes.length) frontier.add(hashes[size]!);
    }
  });

  it('has the root of no leaves that RFC 6962 names', () => {
    const empty = Buffer.from(new Frontier().root(), 'base64url').toString('hex');
    expect(empty).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  });

  it('proves every leaf at every size, and no other', () => {
    for (let size = 1; size <= hashes.length; size++) {
      const root = treeHash(hashes.slice(0, size)).toString('base64url');
      const all = Array.from({ length: size }, (_, index) => index);
      const proofs = inclusionProofs(size, hashes[Symbol.iterator](), all);
      for (const index of all) {
        const proof = proofs.get(index)!;
        expect(provenRoot(hashes[index]!, index, size, proof)).toBe(root);
        if (size === 1) continue;
        expect(provenRoot(hashes[index]!, (index + 1) % size, size, proof)).not.toBe(root);
        expect(provenRoot(hashes[(index + 1) % size]!, index, size, proof)).not.toBe(root);
        expect(provenRoot(hashes[index]!, index, size, proof.slice(1))).not.toBe(root);
        expect(provenRoot(hashes[index]!, index, size, [...proof, root])).not.toBe(root);
      }
    }
    expect(provenRoot(hashes[0]!, 1, 1, [])).toBeUndefined();
  });
});
