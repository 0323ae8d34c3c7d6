import { type Refusal, refuse } from '#event-sourcing/refusal.js';
import type { Rates } from '#platform/protection.js';
import { networkOf } from './network.js';
import { SlidingWindow } from './sliding-window.js';

/** What is not used in a second may be used in the ones around it: people open a page and ask for ten things at once. */
const WINDOW_SECONDS = 10;

const WHAT = { requests: 'Too many requests', commands: 'Too many commands', cost: 'Too much work' } as const;

/**
 * How much one client asks. Counted in the memory of each process: with three of them behind a load balancer a client may ask
 * three times as much, and a restart forgets.
 */
export class RateLimits {
  private readonly windows = new Map<keyof Rates, SlidingWindow>();

  constructor(private readonly rates: Rates) {
    for (const name of Object.keys(WHAT) as (keyof Rates)[]) {
      const points = rates[name];
      if (points) this.windows.set(name, new SlidingWindow(points * WINDOW_SECONDS, WINDOW_SECONDS * 1_000));
    }
  }

  /** Whoever comes from an address, before anything is known of them. @throws Refusal RATE_LIMITED. */
  request(address: string): void {
    this.use('requests', networkOf(address), 1);
  }

  /** What an account is about to do. @throws Refusal RATE_LIMITED. */
  operation(account: string, { commands, cost }: { commands: number; cost: number }): void {
    if (commands > 0) this.use('commands', account, commands);
    this.use('cost', account, cost);
  }

  /** An account whose operations were refused a moment ago, before its next one is read: it would be refused as well. @throws Refusal RATE_LIMITED. */
  account(account: string): void {
    const waitMs = this.windows.get('cost')?.refusedFor(account);
    if (waitMs) throw this.exceeded('cost', waitMs);
  }

  private use(name: keyof Rates, client: string, points: number): void {
    const waitMs = this.windows.get(name)?.use(client, points);
    if (waitMs) throw this.exceeded(name, waitMs);
  }

  private exceeded(name: keyof Rates, waitMs: number): Refusal {
    const retryAfterSeconds = Math.ceil(waitMs / 1_000);
    return refuse('RATE_LIMITED', `${WHAT[name]} in a short time. Try again in ${retryAfterSeconds} s.`, {
      allowed: `${this.rates[name]} a second, over ${WINDOW_SECONDS} s`,
      retryAfterSeconds,
    });
  }
}
