import { Fenced } from './checkpoints.js';
import type { Log } from './log.js';

/** Fewer are not worth it: the more lines at a time, the more of them go into the same sums. A question adds up those that wait. */
const WORTH_POSTING = 3_000;
/** More must not wait, or questions would take long: then the pages wait. */
const MOST_WAITING = 50_000;

/** When the changes of a projection are posted to its totals: beside its pages, so that these need not wait for it. */
export class Posting {
  /** What was there before is not known, so the first page is followed by a posting. */
  private waiting = WORTH_POSTING;
  private working: Promise<void> | undefined;

  /** @param post Posts everything that waits. */
  constructor(
    private readonly projection: string,
    private readonly post: () => Promise<void>,
    private readonly log: Log,
  ) {}

  /** Told of lines after the commit of their page. Resolves at once, unless too many wait. */
  async appended(lines: number): Promise<void> {
    this.waiting += lines;
    if (this.waiting >= MOST_WAITING) await this.working;
    if (this.waiting >= WORTH_POSTING) this.working ??= this.work();
  }

  /** Resolves when nothing is under way. */
  async ended(): Promise<void> {
    await this.working;
  }

  /** What fails is tried again when as many more lines wait. Until then figures are right all the same. */
  private async work(): Promise<void> {
    this.waiting = 0;
    try {
      await this.post();
    } catch (error) {
      // Whoever was fenced off notices at its next page.
      if (!(error instanceof Fenced)) {
        const { projection } = this;
        this.log.error(
          { projection, error },
          'Changes could not be posted to their totals; figures are right, but take longer.',
        );
      }
    } finally {
      this.working = undefined;
    }
  }
}
