/** One after another. */
export class Turns {
  private last: Promise<unknown> = Promise.resolve();

  /** Does the work when what was asked for before has ended, well or not. */
  take<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.last.then(work);
    this.last = turn.catch(() => undefined);
    return turn;
  }
}
