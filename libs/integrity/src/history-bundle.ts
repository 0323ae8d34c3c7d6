import { createPublicKey, type KeyObject } from 'node:crypto';
import type { Instant, RecordedEvent } from '#event-sourcing/event.js';
import { checkBelonging } from './belonging.js';
import { ChainCheck } from './chain-check.js';
import { eventHash } from './event-hash.js';
import { type Finding, Findings, type FoundEvent, subjectOf } from './finding.js';
import { type InclusionProof, inclusionProofs, provenRoot } from './merkle-tree.js';
import type { SealFolder } from './seal-folder.js';
import { fingerprintOf } from './signing-key.js';
import { isSignedBy, type SignedTreeHead } from './tree-head.js';

/** An event with the proof that it stands at that place of the sealed log. */
export interface ProvenEvent extends FoundEvent {
  readonly revision: number;
  /** Its number in the log, from 0, and the hashes from there to the root; both are missing where it was not sealed yet. */
  readonly index?: number;
  readonly proof?: InclusionProof;
}

/** A customer's history, to be verified without us: see docs/verification.md. */
export interface HistoryBundle {
  readonly format: 'chronicle-history-1';
  readonly customerId: string;
  readonly exportedAt: Instant;
  /** PEM. It proves nothing by itself: compare its fingerprint with what was published. */
  readonly publicKey: string;
  readonly head: SignedTreeHead;
  /** Whole streams, in the order of the log. */
  readonly events: readonly ProvenEvent[];
}

/** Events with the proofs that they were sealed under a head. */
export function withProofs(events: readonly RecordedEvent[], folder: SealFolder, head: SignedTreeHead): ProvenEvent[] {
  const wanted = new Set(events.map(({ id }) => id));
  const indexes = new Map<string, number>();
  let index = 0;
  for (const { id } of folder.sealed(0, head.size)) {
    if (wanted.has(id)) indexes.set(id, index);
    index++;
  }
  const ascending = [...indexes.values()].sort((one, other) => one - other);
  const proofs = inclusionProofs(head.size, hashesIn(folder, head.size), ascending);
  return events.map(({ id, type, stream, revision, recordedAt, data, metadata }) => {
    const at = indexes.get(id);
    const proven = at === undefined ? {} : { index: at, proof: proofs.get(at)! };
    return { id, type, stream, revision: Number(revision), recordedAt, data, metadata, ...proven };
  });
}

function* hashesIn(folder: SealFolder, size: number): Generator<string> {
  for (const { hash } of folder.sealed(0, size)) yield hash;
}

/** Whom the reader of a bundle trusts: keys, or fingerprints of keys. */
export interface Trust {
  readonly keys: readonly KeyObject[];
  readonly fingerprints: readonly string[];
}

/** What is wrong with a bundle; nothing, if everything in it is of that customer and was sealed by somebody who is trusted. */
export async function verifyBundle(bundle: HistoryBundle, { keys, fingerprints }: Trust): Promise<readonly Finding[]> {
  const findings = new Findings();
  const brought = createPublicKey(bundle.publicKey);
  const trusted = fingerprints.includes(fingerprintOf(brought)) ? [...keys, brought] : keys;
  if (!isSignedBy(bundle.head, trusted))
    findings.add({
      kind: 'signature',
      text: isSignedBy(bundle.head, [brought])
        ? `The head is signed by ${fingerprintOf(brought)}, a key that nobody has vouched for.`
        : 'The head bears no signature of a known key.',
    });
  checkBelonging(findings, bundle.customerId, bundle.events);
  const chains = new ChainCheck(findings, undefined);
  let before = -1;
  for (const event of bundle.events) {
    const hash = eventHash(event);
    const number = (event.index ?? before + 1) + 1;
    await chains.check(event, hash, number);
    const subject = subjectOf(event, number);
    const named = `Revision ${event.revision} of ${event.stream}`;
    if (event.index === undefined || !event.proof) {
      findings.add({ ...subject, kind: 'added', text: `${named} has no proof that it was sealed.` });
      continue;
    }
    if (provenRoot(hash, event.index, bundle.head.size, event.proof) !== bundle.head.rootHash)
      findings.add({ ...subject, kind: 'altered', text: `${named} is not what was sealed as number ${number}.` });
    if (event.index <= before)
      findings.add({ ...subject, kind: 'moved', text: `${named} does not stand behind the event before it.` });
    before = Math.max(before, event.index);
  }
  return findings.kept;
}
