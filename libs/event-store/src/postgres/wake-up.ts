/** Tells waiting followers that there may be more to read. It carries no news, so a false or a missed call does no harm. */
export class WakeUp {
  private calls = 0;
  private readonly waiting = new Set<() => void>();

  /** To be taken before reading: a call after it ends the wait behind the reading. */
  get mark(): number {
    return this.calls;
  }

  call(): void {
    this.calls++;
    for (const wake of this.waiting) wake();
  }

  /** Resolves at a call after `mark`, after `milliseconds`, or when aborted. */
  wait(mark: number, milliseconds: number, signal: AbortSignal): Promise<void> {
    if (this.calls !== mark || signal.aborted) return Promise.resolve();
    return new Promise(resolve => {
      const done = () => {
        clearTimeout(timer);
        this.waiting.delete(done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, milliseconds);
      this.waiting.add(done);
      signal.addEventListener('abort', done);
    });
  }
}

/** Resolves with what a promise gives, or with `undefined` as soon as the signal is aborted. */
export function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const abort = () => resolve(undefined);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort);
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
