import { setTimeout as sleep } from 'node:timers/promises';

const FIRST_MS = 100;
/** After a long outage work goes on within five seconds: nobody may just have begun a long pause then. */
const LONGEST_MS = 1_000;

/** Waits before the next attempt: 0.1 s after the first failure, twice as long after each further one, at most a second. */
export async function backoff(attempt: number, signal?: AbortSignal): Promise<void> {
  await sleep(Math.min(FIRST_MS * 2 ** attempt, LONGEST_MS), undefined, { signal }).catch(() => undefined);
}
