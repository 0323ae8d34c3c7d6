import { setTimeout as sleep } from 'node:timers/promises';

const FIRST_MS = 100;
const LONGEST_MS = 2_000;

/** Waits before the next attempt: 0.1 s after the first failure, twice as long after each further one, at most 2 s, so that work goes on soon after a long outage. */
export async function backoff(attempt: number, signal?: AbortSignal): Promise<void> {
  await sleep(Math.min(FIRST_MS * 2 ** attempt, LONGEST_MS), undefined, { signal }).catch(() => undefined);
}
