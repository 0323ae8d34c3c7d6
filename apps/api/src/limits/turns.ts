import { setImmediate as turn } from 'node:timers/promises';

/** Lets one after the other go on, with time for everything else between them; each queue on its own. */
export class Turns {
  private readonly last = new Map<string, Promise<void>>();

  /** @param pause What others get between two turns. */
  constructor(private readonly pause: () => Promise<void> = turn) {}

  /** Resolves when those who asked before in the same queue have had their turn, and others have been served since; at once if there are none. */
  async next(queue = ''): Promise<void> {
    const before = this.last.get(queue);
    const after = (before ?? Promise.resolve()).then(this.pause);
    this.last.set(queue, after);
    // A map that only grows would hold every queue that there ever was.
    void after.then(() => {
      if (this.last.get(queue) === after) this.last.delete(queue);
    });
    await before;
  }
}
