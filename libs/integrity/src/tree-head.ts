import { type KeyObject, sign, verify } from 'node:crypto';
import type { Instant } from '#event-sourcing/event.js';
import { canonicalJson } from './canonical-json.js';
import type { Hash } from './event-hash.js';
import { fingerprintOf } from './signing-key.js';

/** What a head says: at that time the log began with so many events, and this is the root of the tree over them. */
export interface TreeHead {
  readonly format: 'chronicle-tree-head-1';
  /** The hash of the log's first event: which log it is. */
  readonly log: Hash;
  readonly size: number;
  readonly rootHash: Hash;
  /** Where the last of these events stands. */
  readonly last: { readonly stream: string; readonly revision: number };
  readonly signedAt: Instant;
  /** The fingerprint of the key that signed. */
  readonly key: string;
  /** The full subtrees, the largest first: what is needed to let the tree grow from here. */
  readonly subtrees: readonly Hash[];
}

export interface SignedTreeHead extends TreeHead {
  /** Ed25519 over `chronicle-tree-head-1`, a line feed, and everything else as canonical JSON; base64url. */
  readonly signature: string;
}

function signedText(head: TreeHead): Buffer {
  const { format, log, size, rootHash, last, signedAt, key, subtrees } = head;
  return Buffer.from(
    `chronicle-tree-head-1\n${canonicalJson({ format, log, size, rootHash, last, signedAt, key, subtrees })}`,
  );
}

export function signHead(head: Omit<TreeHead, 'format' | 'key'>, key: KeyObject): SignedTreeHead {
  const complete: TreeHead = { format: 'chronicle-tree-head-1', ...head, key: fingerprintOf(key) };
  return { ...complete, signature: sign(null, signedText(complete), key).toString('base64url') };
}

/** Whether one of these keys signed exactly this. */
export function isSignedBy(head: SignedTreeHead, keys: readonly KeyObject[]): boolean {
  const key = keys.find(candidate => fingerprintOf(candidate) === head.key);
  if (!key) return false;
  try {
    return verify(null, signedText(head), key, Buffer.from(head.signature, 'base64url'));
  } catch {
    return false; // a head that says something else than a head says
  }
}
