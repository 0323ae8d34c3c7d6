import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';
import { refuse } from '#event-sourcing/refusal.js';
import type { Rates } from '#platform/protection.js';
import { networkOf } from './network.js';

/** What is not used in a second may be used in the ones around it: people open a page and ask for ten things at once. */
const WINDOW_SECONDS = 10;

const WHAT = { requests: 'Too many requests', commands: 'Too many commands', cost: 'Too much work' } as const;

/**
 * How much one client asks. Counted in the memory of each process: with three of them behind a load balancer a client may ask
 * three times as much, and a restart forgets.
 */
export class RateLimits {
  private readonly limiters = new Map<keyof Rates, RateLimiterMemory>();

  constructor(private readonly rates: Rates) {
    for (const name of Object.keys(WHAT) as (keyof Rates)[]) {
      const points = rates[name];
      if (points)
        this.limiters.set(name, new RateLimiterMemory({ points: points * WINDOW_SECONDS, duration: WINDOW_SECONDS }));
    }
  }

  /** Whoever comes from an address, before anything is known of them. @throws Refusal RATE_LIMITED. */
  async request(address: string): Promise<void> {
    await this.use('requests', networkOf(address), 1);
  }

  /** What an account is about to do. @throws Refusal RATE_LIMITED. */
  async operation(account: string, { commands, cost }: { commands: number; cost: number }): Promise<void> {
    if (commands > 0) await this.use('commands', account, commands);
    await this.use('cost', account, cost);
  }

  private async use(name: keyof Rates, client: string, points: number): Promise<void> {
    try {
      await this.limiters.get(name)?.consume(client, points);
    } catch (exceeded) {
      if (exceeded instanceof Error) throw exceeded;
      const retryAfterSeconds = Math.max(1, Math.ceil((exceeded as RateLimiterRes).msBeforeNext / 1_000));
      throw refuse('RATE_LIMITED', `${WHAT[name]} in a short time. Try again in ${retryAfterSeconds} s.`, {
        allowed: `${this.rates[name]} a second, over ${WINDOW_SECONDS} s`,
        retryAfterSeconds,
      });
    }
  }
}
