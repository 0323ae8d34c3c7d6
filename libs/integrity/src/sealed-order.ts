import type { Hash } from './event-hash.js';
import { type Findings, type FoundEvent, type Subject, subjectOf } from './finding.js';
import type { SealedEvent } from './seal-folder.js';

/** More differences than this are one: the log is another one. */
const MOST_PENDING = 200_000;
const MOST_RUNS = 2_000;

/** Consecutive events that were sealed one after the other as well. */
interface Run {
  readonly sealed: number;
  readonly found: number;
  length: number;
  readonly first: Subject;
}

/**
 * Compares the events of the log with those that were sealed, by their ids, both in order. Where they differ, each side waits for its
 * counterpart on the other; what waits until the end is missing, or was added.
 */
export class SealedOrder {
  private readonly expected = new Map<string, { readonly hash: Hash; readonly index: number }>();
  private readonly found = new Map<
    string,
    { readonly hash: Hash; readonly index: number; readonly subject: Subject }
  >();
  private readonly runs: Run[] = [];
  private gaveUp = false;
  /** The last event of the log that was sealed. */
  private lastMatched = -1;

  constructor(private readonly findings: Findings) {}

  /** The next sealed event and the next one of the log; either side may be over. */
  next(index: number, sealed: SealedEvent | undefined, event: FoundEvent | undefined, hash: Hash | undefined): void {
    if (this.gaveUp) return;
    const subject = event && subjectOf(event, index + 1);
    if (sealed && subject && sealed.id === subject.id) {
      this.match(index, sealed.hash, index, subject, hash!);
      return;
    }
    if (sealed) this.expect(sealed, index);
    if (subject) this.find(subject, hash!, index);
    if (this.expected.size + this.found.size < MOST_PENDING) return;
    this.gaveUp = true;
    const text = `More than ${MOST_PENDING} events are not those that were sealed, from number ${this.firstDifference()} on.`;
    this.findings.add({ kind: 'altered', number: this.firstDifference(), text });
  }

  end(): void {
    if (this.gaveUp) return;
    for (const [id, { index }] of this.expected)
      this.findings.add({ kind: 'missing', id, number: index + 1, text: `Event ${index + 1} of the log is missing.` });
    // Behind the last sealed event stands what came after it.
    for (const { index, subject } of this.found.values())
      if (index < this.lastMatched)
        this.findings.add({
          ...subject,
          kind: 'added',
          text: `${named(subject)} was added after its place was sealed.`,
        });
    for (const { first, length } of this.moved()) {
      const others = length > 1 ? `, with the ${length - 1} behind it,` : '';
      this.findings.add({ ...first, kind: 'moved', text: `${named(first)}${others} stood elsewhere in the log.` });
    }
  }

  private expect({ id, hash }: SealedEvent, index: number): void {
    const found = this.found.get(id);
    if (!found) {
      this.expected.set(id, { hash, index });
      return;
    }
    this.found.delete(id);
    this.match(index, hash, found.index, found.subject, found.hash);
  }

  private find(subject: Subject, hash: Hash, index: number): void {
    const expected = this.expected.get(subject.id!);
    if (!expected) {
      this.found.set(subject.id!, { hash, index, subject });
      return;
    }
    this.expected.delete(subject.id!);
    this.match(expected.index, expected.hash, index, subject, hash);
  }

  private match(sealed: number, sealedHash: Hash, found: number, first: Subject, hash: Hash): void {
    if (sealedHash !== hash)
      this.findings.add({ ...first, kind: 'altered', text: `${named(first)} is not what was sealed.` });
    this.lastMatched = Math.max(this.lastMatched, found);
    const last = this.runs.at(-1);
    if (last && last.sealed + last.length === sealed && last.found + last.length === found) last.length++;
    else this.runs.push({ sealed, found, length: 1, first });
  }

  /** As few events as possible whose removal would put the others in the order in which they were sealed. */
  private moved(): Run[] {
    const runs = [...this.runs].sort((one, other) => one.found - other.found).slice(0, MOST_RUNS);
    const best: { weight: number; before: number }[] = [];
    for (const [at, run] of runs.entries()) {
      best[at] = { weight: run.length, before: -1 };
      for (let before = 0; before < at; before++)
        if (runs[before]!.sealed < run.sealed && best[before]!.weight + run.length > best[at]!.weight)
          best[at] = { weight: best[before]!.weight + run.length, before };
    }
    const kept = new Set<number>();
    const heaviest = best.reduce((most, { weight }, at) => (weight > (best[most]?.weight ?? 0) ? at : most), -1);
    for (let at = heaviest; at >= 0; at = best[at]!.before) kept.add(at);
    return runs.filter((_, at) => !kept.has(at));
  }

  private firstDifference(): number {
    return Math.min(...[this.expected, this.found].map(side => side.values().next().value?.index ?? Infinity)) + 1;
  }
}

const named = ({ stream, revision }: Subject) => `Revision ${revision} of ${stream}`;
