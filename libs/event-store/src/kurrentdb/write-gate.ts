interface Waiting {
  readonly admit: () => void;
  readonly refuse: (reason: unknown) => void;
}

/**
 * Lets a bounded number of writes run at once; the others wait in line.
 *
 * The client sends all appends through one gRPC stream. From 16 unsent messages on it queues them itself, and when the
 * connection then breaks it rejects that queue into promises that nobody holds, which ends the process.
 */
export class WriteGate {
  private readonly line: Waiting[] = [];

  /** @param isOutage Says of a failed write that those in line would only wait in vain; they fail with it. */
  constructor(
    private free: number,
    private readonly isOutage: (error: unknown) => boolean,
  ) {}

  async run<T>(write: () => Promise<T>): Promise<T> {
    if (this.free > 0) this.free--;
    else await new Promise<void>((admit, refuse) => this.line.push({ admit, refuse }));
    try {
      return await write();
    } catch (error) {
      if (this.isOutage(error)) for (const waiting of this.line.splice(0)) waiting.refuse(error);
      throw error;
    } finally {
      const next = this.line.shift();
      if (next) next.admit();
      else this.free++;
    }
  }
}
