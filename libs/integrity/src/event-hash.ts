import { hash } from 'node:crypto';
import type { EncodedContent } from '#event-sourcing/encoded-event.js';
import type { EventMetadata, NewEvent } from '#event-sourcing/event.js';
import { canonicalJson } from './canonical-json.js';

/** A SHA-256, base64url without padding. */
export type Hash = string;

/** What is hashed of an event: everything that moves with it from store to store. */
export interface HashedEvent extends NewEvent {
  readonly stream: string;
  readonly revision: bigint | number;
}

/** Nothing else that anybody hashes begins so, and another version of the format would begin otherwise. */
const DOMAIN = 'chronicle-event-1\n';

/**
 * The hash of what is stored: id, type, stream, revision, recordedAt, data, metadata without the two hashes, and the previous hash. An
 * event of before there were hashes has one by the same rule; it only is not written down in it.
 */
export const eventHash = (event: HashedEvent): Hash => hashed(event, event.metadata.previousHash).hash;

/** An event's hash behind that of another one, and the canonical JSON that was hashed: its data, and its metadata without hashes. */
export function hashed(event: HashedEvent, previousHash: Hash | undefined): EncodedContent & { readonly hash: Hash } {
  const { id, type, stream, revision, recordedAt } = event;
  const [data, metadata] = [canonicalJson(event.data), canonicalJson(withoutHashes(event.metadata))];
  const previous = previousHash ? `"previousHash":${canonicalJson(previousHash)},` : '';
  const [head, middle] = [`${DOMAIN}{"data":`, `,"id":${canonicalJson(id)},"metadata":`];
  // The keys stand in their canonical order.
  const text = `${head}${data}${middle}${metadata},${previous}"recordedAt":${canonicalJson(recordedAt)},"revision":${revision},"stream":${canonicalJson(stream)},"type":${canonicalJson(type)}}`;
  const metadataAt = head.length + data.length + middle.length;
  return {
    hash: hash('sha256', text, 'base64url'),
    // Cut out of the text that was hashed, because only now its characters stand side by side: the pieces would be put together once more.
    data: text.slice(head.length, head.length + data.length),
    metadata: text.slice(metadataAt, metadataAt + metadata.length),
  };
}

function withoutHashes(metadata: EventMetadata): EventMetadata {
  if (!metadata.hash && !metadata.previousHash) return metadata;
  const { hash: _, previousHash: __, ...rest } = metadata;
  return rest;
}
