import { Recent } from '#event-sourcing/recent.js';
import { eventHash, type Hash } from './event-hash.js';
import { type Findings, type FoundEvent, subjectOf } from './finding.js';

/** Streams whose end is remembered, at least half of them; what comes later is read again. */
const REMEMBERED = 200_000;

/** Where a stream ended in what was read so far. */
interface End {
  readonly revision: bigint;
  readonly hash: Hash;
}

/** Reads one event again; a file cannot. */
export type EventAt = (stream: string, revision: bigint) => Promise<FoundEvent | undefined>;

/** Whether every event is what its hash says, and stands behind the event that it was written behind. */
export class ChainCheck {
  private readonly ends: Recent<End>;
  /** Events of before there were hashes, at the beginning of the log. */
  unchained = 0;
  private begun = false;

  constructor(
    private readonly findings: Findings,
    private readonly eventAt: EventAt | undefined,
  ) {
    this.ends = new Recent(eventAt ? REMEMBERED : Number.POSITIVE_INFINITY);
  }

  /** @param number Its number in the log, from 1. */
  async check(event: FoundEvent, hash: Hash, number: number): Promise<void> {
    const { stream, metadata } = event;
    const revision = BigInt(event.revision);
    const subject = subjectOf(event, number);
    const where = `Revision ${revision} of ${stream}`;
    const claimed = metadata.hash;
    if (claimed !== undefined && claimed !== hash)
      this.findings.add({ ...subject, kind: 'altered', text: `${where} is not what its hash says.` });
    if (claimed === undefined && this.begun)
      this.findings.add({ ...subject, kind: 'unchained', text: `${where} has no hash, though earlier events have.` });
    if (claimed === undefined && !this.begun) this.unchained++;
    if (claimed !== undefined) this.begun = true;
    await this.checkBefore(event, revision, number);
    // Whoever was altered is told once; its successor still stands behind what it says of itself.
    this.remember(stream, { revision, hash: claimed ?? hash });
  }

  /** An event that was moved behind later ones is not the end. */
  private remember(stream: string, end: End): void {
    const known = this.ends.get(stream);
    if (!known || known.revision <= end.revision) this.ends.set(stream, end);
  }

  private async checkBefore(event: FoundEvent, revision: bigint, number: number): Promise<void> {
    const { stream, metadata } = event;
    const end = this.ends.get(stream) ?? (revision > 0n ? await this.readAgain(stream, revision - 1n) : undefined);
    const expected = end ? end.revision + 1n : 0n;
    const subject = subjectOf(event, number);
    if (revision > expected) {
      for (let gone = expected; gone < revision; gone++)
        this.findings.add({
          kind: 'missing',
          stream,
          revision: Number(gone),
          text: `Revision ${gone} of ${stream} is missing.`,
        });
      return;
    }
    if (revision < expected) {
      const text = `Revision ${revision} of ${stream} stands behind revision ${end!.revision} in the log.`;
      this.findings.add({ ...subject, kind: 'moved', text });
      return;
    }
    if (metadata.hash === undefined || metadata.previousHash === end?.hash) return;
    const before = { kind: 'altered', stream, revision: Number(revision) - 1 } as const;
    const text = `Revision ${revision} of ${stream} was written behind another event than revision ${revision - 1n} is now.`;
    this.findings.add(end ? { ...before, text } : { ...subject, kind: 'altered', text: `${text} (There is none.)` });
  }

  private async readAgain(stream: string, revision: bigint) {
    const event = await this.eventAt?.(stream, revision);
    return event && { revision, hash: event.metadata.hash ?? eventHash(event) };
  }
}
