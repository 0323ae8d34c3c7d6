import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';
import { type Refusal, refuse } from '#event-sourcing/refusal.js';
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

  /** An account whose operations were refused a moment ago, before its next one is read: it would be refused as well. @throws Refusal RATE_LIMITED. */
  async account(account: string): Promise<void> {
    const used = await this.limiters.get('cost')?.get(account);
    if (used && used.consumedPoints > this.rates.cost! * WINDOW_SECONDS) throw this.exceeded('cost', used);
  }

  private async use(name: keyof Rates, client: string, points: number): Promise<void> {
    try {
      await this.limiters.get(name)?.consume(client, points);
    } catch (exceeded) {
      if (exceeded instanceof Error) throw exceeded;
      throw this.exceeded(name, exceeded as RateLimiterRes);
    }
  }

  private exceeded(name: keyof Rates, { msBeforeNext }: RateLimiterRes): Refusal {
    const retryAfterSeconds = Math.max(1, Math.ceil(msBeforeNext / 1_000));
    return refuse('RATE_LIMITED', `${WHAT[name]} in a short time. Try again in ${retryAfterSeconds} s.`, {
      allowed: `${this.rates[name]} a second, over ${WINDOW_SECONDS} s`,
      retryAfterSeconds,
    });
  }
}
