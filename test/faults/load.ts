import { setTimeout as sleep } from 'node:timers/promises';
import { all, eventsOf } from '#event-store/contract/opened-store.js';
import { openPostgresStore } from '#event-store/postgres/postgres-event-store.js';
import type { Answer, ApiProcess } from './api-process.js';

/** One request of a load. */
export interface Request {
  /** When the operating system had all of it, by `performance.now()`; undefined where nobody was there to take it. */
  readonly handedOver: number | undefined;
  readonly answer: Answer;
  /** Until the answer. */
  readonly milliseconds: number;
}

/** So many requests a second, whether or not the ones before were answered. Each captures a lead. */
export class Load {
  private readonly requests: Promise<Request>[] = [];
  private readonly timer: NodeJS.Timeout;
  private readonly pause: number;

  constructor(api: ApiProcess, perSecond: number) {
    this.pause = 1_000 / perSecond;
    this.timer = setInterval(() => {
      this.requests.push(requestOf(api, `线索 ${this.requests.length}`));
    }, this.pause);
    this.timer.unref(); // a test that fails does not come to its end
  }

  /** Resolves once so many more requests than now were sent and answered. */
  async answered(count: number): Promise<void> {
    const end = this.requests.length + count;
    while (this.requests.length < end) await sleep(this.pause);
    await Promise.all(this.requests.slice(0, end));
  }

  /** Resolves with the first success that is asked for from now on. */
  async acknowledged(): Promise<void> {
    for (let next = this.requests.length; ; ) {
      if (next === this.requests.length) await sleep(this.pause);
      else if (acknowledgedOf([await this.requests[next++]!]).length > 0) return;
    }
  }

  /** Sends no more. */
  end(): Promise<Request[]> {
    clearInterval(this.timer);
    return Promise.all(this.requests);
  }
}

async function requestOf(api: ApiProcess, name: string): Promise<Request> {
  const asked = performance.now();
  let handedOver: number | undefined;
  const answer = await api.captureLead(name, () => {
    handedOver = performance.now();
  });
  return { handedOver, answer, milliseconds: performance.now() - asked };
}

/** The leads that were acknowledged, by id. */
export const acknowledgedOf = (requests: readonly Request[]): string[] =>
  requests.flatMap(({ answer }) =>
    typeof answer === 'object' && 'acknowledged' in answer ? [answer.acknowledged] : [],
  );

/** How many leads were acknowledged, but are not in the log of that database. */
export async function missingIn(url: string, requests: readonly Request[]): Promise<number> {
  const store = await openPostgresStore(url);
  const events = eventsOf(await all(store.readAll({ types: ['LeadCaptured'] })));
  await store.close();
  const leads = new Set(events.map(({ data }) => (data as { leadId: string }).leadId));
  return acknowledgedOf(requests).filter(id => !leads.has(id)).length;
}
