import type { KeyObject } from 'node:crypto';
import type { Hash } from './event-hash.js';
import type { Findings } from './finding.js';
import { Frontier } from './merkle-tree.js';
import { isSignedBy, type SignedTreeHead } from './tree-head.js';

/** A list of events that a head may be about. */
interface Tree {
  readonly frontier: Frontier;
  /** The newest head that was right about it, and the oldest that was not. */
  right?: SignedTreeHead;
  wrong?: SignedTreeHead;
}

/** What there is to compare with the heads. */
interface Compared {
  /** Besides the log, what was written down when it was sealed. */
  readonly hasRecords: boolean;
  /** The log may end before the newest heads. */
  readonly earlier?: boolean;
}

const newTree = (): Tree => ({ frontier: new Frontier() });

/**
 * Whether the signed heads are about this log. That later heads follow from earlier ones is seen by computing all of them from one list
 * of events. There are two lists: what the log holds, and what was written down when it was sealed.
 */
export class HeadCheck {
  private readonly log = newTree();
  private readonly records = newTree();
  private next: SignedTreeHead | undefined;
  private newest: SignedTreeHead | undefined;
  heads = 0;

  private constructor(
    private readonly findings: Findings,
    private readonly source: AsyncIterator<SignedTreeHead>,
    private readonly keys: readonly KeyObject[],
    private readonly compared: Compared,
  ) {}

  static async begin(
    findings: Findings,
    heads: AsyncIterable<SignedTreeHead>,
    keys: readonly KeyObject[],
    compared: Compared,
  ): Promise<HeadCheck> {
    const check = new HeadCheck(findings, heads[Symbol.asyncIterator](), keys, compared);
    await check.advance();
    return check;
  }

  /** The next event of the log, and the next one that was sealed; either side may be over. */
  async add(found: Hash | undefined, sealed: Hash | undefined): Promise<void> {
    if (found) this.log.frontier.add(found);
    if (sealed) this.records.frontier.add(sealed);
    while (this.next && this.next.size <= Math.max(this.log.frontier.size, this.records.frontier.size)) {
      if (this.reaches(this.next)) compare(this.log, this.next);
      if (this.compared.hasRecords) compare(this.records, this.next);
      await this.advance();
    }
  }

  /** The newest head that is about no more than the log holds, and is right about it. */
  get reached(): SignedTreeHead | undefined {
    return this.log.right;
  }

  private reaches({ size }: SignedTreeHead): boolean {
    return !this.compared.earlier || size <= this.log.frontier.size;
  }

  async end(): Promise<void> {
    for (; this.next; await this.advance()) {
      if (this.reaches(this.next)) this.log.wrong ??= this.next;
      if (this.compared.hasRecords) this.records.wrong ??= this.next;
    }
    if (this.records.wrong)
      this.findings.add({
        kind: 'head',
        text: `The events that were written down when the log was sealed are not those of the head of ${about(this.records.wrong)}.`,
      });
    if (!this.log.wrong) return;
    const { right } = this.log;
    const since = right ? `; up to event ${right.size} (${right.signedAt}) it is right` : '';
    const short =
      this.newest!.size > this.log.frontier.size
        ? ` It has ${this.log.frontier.size} events, ${this.newest!.size} were sealed.`
        : '';
    this.findings.add({
      kind: 'head',
      number: (right?.size ?? 0) + 1,
      text: `The log does not hold what the head of ${about(this.log.wrong)} was signed for${since}.${short}`,
    });
  }

  private async advance(): Promise<void> {
    const { value, done } = await this.source.next();
    this.next = done ? undefined : value;
    if (!this.next) return;
    this.heads++;
    if (!isSignedBy(this.next, this.keys))
      this.findings.add({
        kind: 'signature',
        text: `The head of ${about(this.next)} bears no signature of a known key.`,
      });
    if (this.newest && this.next.size < this.newest.size)
      this.findings.add({
        kind: 'head',
        text: `The head of ${about(this.next)} stands behind that of ${about(this.newest)}.`,
      });
    if (!this.newest || this.next.size >= this.newest.size) this.newest = this.next;
  }
}

function compare(tree: Tree, head: SignedTreeHead): void {
  const { frontier } = tree;
  // The heads come in the order of their sizes; one that does not was told already.
  if (
    frontier.size === head.size &&
    frontier.root() === head.rootHash &&
    head.subtrees.join() === frontier.subtrees().join()
  )
    tree.right = head;
  else tree.wrong ??= head;
}

const about = ({ size, signedAt }: SignedTreeHead) => `${signedAt} (${size} events)`;
