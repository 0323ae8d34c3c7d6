import type { Log } from '#projections/log.js';

/** The slowest appends of a busy log take tenths of a second; who waits longer than this is being kept from it. */
const STALLED_SECONDS = 5;
const LOOK_EVERY_MS = 1_000;

/**
 * Knows how long the appends of this process have been waiting. Somebody who holds the head of the log (an open transaction, say) keeps
 * all writers waiting without an error and without breaking a connection: nothing else would show it.
 */
export class AppendWatch {
  /** In the order in which they were asked for: the first is the oldest. */
  private readonly waiting = new Set<{ readonly since: number }>();
  private said = false;
  private readonly timer: NodeJS.Timeout;

  /** @param now Milliseconds that only go forward. */
  constructor(
    private readonly log: Log,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.timer = setInterval(() => this.look(), LOOK_EVERY_MS).unref();
  }

  /** An append was asked for; to be called back when it has its answer. */
  asked(): () => void {
    const append = { since: this.now() };
    this.waiting.add(append);
    return () => this.waiting.delete(append);
  }

  get underWay(): number {
    return this.waiting.size;
  }

  /** 0 without any. */
  get oldestSeconds(): number {
    for (const { since } of this.waiting) return (this.now() - since) / 1_000;
    return 0;
  }

  get stalled(): boolean {
    return this.oldestSeconds > STALLED_SECONDS;
  }

  close(): void {
    clearInterval(this.timer);
  }

  /** Says so once per stall, and once when it is over. Every second by itself. */
  look(): void {
    if (this.stalled === this.said) return;
    this.said = this.stalled;
    const { underWay: appends, oldestSeconds } = this;
    if (this.said) this.log.error({ appends, oldestSeconds }, 'The log takes no appends.');
    else this.log.info({ appends }, 'The log takes appends again.');
  }
}
