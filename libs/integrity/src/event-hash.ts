import { hash } from 'node:crypto';
import type { NewEvent } from '#event-sourcing/event.js';
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
 * The hash of what is stored: id, type, stream, revision, recordedAt, data, and metadata without its own hash. An event of before there
 * were hashes has one by the same rule; it only is not written down in it.
 */
export function eventHash({ id, type, stream, revision, recordedAt, data, metadata }: HashedEvent): Hash {
  const { hash: _, ...rest } = metadata;
  // The keys stand in their canonical order.
  const content = `{"data":${canonicalJson(data)},"id":"${id}","metadata":${canonicalJson(rest)},"recordedAt":${canonicalJson(recordedAt)},"revision":${revision},"stream":${canonicalJson(stream)},"type":${canonicalJson(type)}}`;
  return hash('sha256', DOMAIN + content, 'base64url');
}
