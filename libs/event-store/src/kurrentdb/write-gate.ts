interface Waiting {
  readonly admit: (place: number) => void;
  readonly refuse: (reason: unknown) => void;
}

/**
 * Lets a bounded number of writes run at once over each of several connections; the others wait in line.
 *
 * A client sends all appends through one gRPC stream. From 16 unsent messages on it queues them itself, and when the
 * connection then breaks it rejects that queue into promises that nobody holds, which ends the process.
 */
export class WriteGate {
  private readonly line: Waiting[] = [];
  /** The connections of the free places, those of the first connection at the end. */
  private readonly free: number[];

  /** @param isOutage Says of a failed write that those in line would only wait in vain; they fail with it. */
  constructor(
    { connections, atOnce }: { readonly connections: number; readonly atOnce: number },
    private readonly isOutage: (error: unknown) => boolean,
  ) {
    const places = Array.from({ length: connections * atOnce }, (_, place) => Math.floor(place / atOnce));
    this.free = places.reverse();
  }

  /** Few writes at once share the first connection: it sends them together, which costs less. */
  async run<T>(write: (connection: number) => Promise<T>): Promise<T> {
    const connection =
      this.free.pop() ?? (await new Promise<number>((admit, refuse) => this.line.push({ admit, refuse })));
    try {
      return await write(connection);
    } catch (error) {
      if (this.isOutage(error)) for (const waiting of this.line.splice(0)) waiting.refuse(error);
      throw error;
    } finally {
      const next = this.line.shift();
      if (next) next.admit(connection);
      else this.free.push(connection);
    }
  }
}
