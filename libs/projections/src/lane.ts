import type { Page } from '#event-sourcing/event-store.js';

/** Takes pages at its own pace, one after another: what comes while it is at one waits, as a single page. */
export class Lane {
  private waiting: Page | undefined;
  private working: Promise<void> | undefined;
  private readonly whenTaken: (() => void)[] = [];

  /**
   * @param take Must not reject.
   * @param most Events that may wait.
   */
  constructor(
    private readonly take: (page: Page) => Promise<void>,
    private readonly most: number,
  ) {}

  /** Resolves when the page is being taken, or waits. */
  async give(page: Page): Promise<void> {
    if (this.waiting && this.waiting.events.length + page.events.length > this.most)
      await new Promise<void>(resolve => this.whenTaken.push(resolve));
    const { waiting } = this;
    this.waiting = waiting ? { events: [...waiting.events, ...page.events], upTo: page.upTo } : page;
    this.working ??= this.work();
  }

  /** What waits is not taken. */
  forget(): void {
    this.next();
  }

  /** Resolves when everything was taken. */
  async rest(): Promise<void> {
    await this.working;
  }

  private async work(): Promise<void> {
    for (let page = this.next(); page; page = this.next()) await this.take(page);
    this.working = undefined;
  }

  private next(): Page | undefined {
    const page = this.waiting;
    this.waiting = undefined;
    for (const resolve of this.whenTaken.splice(0)) resolve();
    return page;
  }
}
