/** Lets what is large be done one after the other, for each account on its own. */
export class OneByOne {
  private readonly last = new Map<string, Promise<void>>();

  /**
   * Resolves when all is over that this account began before.
   * @param over Resolves when that is over which has its turn now; has to, whatever becomes of it.
   */
  async turn(account: string, over: Promise<void>): Promise<void> {
    const before = this.last.get(account);
    const after = Promise.all([before, over]).then(() => {
      // A map that only grows would hold every account that was ever seen.
      if (this.last.get(account) === after) this.last.delete(account);
    });
    this.last.set(account, after);
    await before;
  }
}
