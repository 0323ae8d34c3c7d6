import type { Instant, Position } from '#event-sourcing/event.js';
import type { HashedEvent } from './event-hash.js';

/** An event as it is found, in a store or in a file that came from one. */
export interface FoundEvent extends HashedEvent {
  readonly position?: Position;
  readonly storedAt?: Instant;
}

/** Which event is meant, as far as it is known. */
export interface Subject {
  readonly id?: string;
  readonly stream?: string;
  readonly revision?: number;
  /** Its number in the log, from 1. */
  readonly number?: number;
}

/** Something that is not as it was written. */
export interface Finding extends Subject {
  readonly kind: 'altered' | 'missing' | 'added' | 'moved' | 'unchained' | 'repeated' | 'head' | 'signature';
  readonly text: string;
}

/** All findings are counted; the first thousand are kept. */
export class Findings {
  private static readonly MOST = 1_000;
  readonly kept: Finding[] = [];
  count = 0;

  add(finding: Finding): void {
    this.count++;
    if (this.kept.length < Findings.MOST) this.kept.push(finding);
  }
}

export const subjectOf = ({ id, stream, revision }: FoundEvent, number: number): Subject => ({
  id,
  stream,
  revision: Number(revision),
  number,
});
