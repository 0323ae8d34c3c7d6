import { setImmediate as pause } from 'node:timers/promises';

/** Lets one after the other go on, with time for everything else between them. */
export class Turns {
  private last: Promise<void> = Promise.resolve();

  /** Resolves when all who asked before have had their turn, and others have been served since. */
  next(): Promise<void> {
    this.last = this.last.then(() => pause());
    return this.last;
  }
}
