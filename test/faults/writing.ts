import { type ExpectedRevision, WrongExpectedRevision } from '#event-sourcing/event-store.js';
import { newEvent } from '#event-store/contract/new-event.js';
import { openPostgresStore } from '#event-store/postgres/postgres-event-store.js';
import { Chance } from './trials.js';

export const TYPES = ['LeadCaptured', 'LeadQualified', 'LeadConverted'] as const;
const LANES = 4;
/** What the trigger of `holding.ts` raises: nothing of the append is stored then. */
export const ROLLED_BACK = 'rolled back by the test';

/** One process that appends as fast as it can; runs in the test, or as a process of its own. */
export interface Writing {
  readonly url: string;
  /** Its number: it names the streams. */
  readonly writer: number;
  readonly seed: number;
  readonly milliseconds: number;
}

/** The ids of all events that were acknowledged. */
export async function write({ url, writer, seed, milliseconds }: Writing): Promise<string[]> {
  const chance = new Chance(seed);
  const store = await openPostgresStore(url, { readers: 1 });
  const acknowledged: string[] = [];
  const until = Date.now() + milliseconds;
  const lane = async (stream: string) => {
    let expected: ExpectedRevision = 'noStream';
    while (Date.now() < until) {
      const events = Array.from({ length: chance.between(1, 3) }, (_, n) => newEvent(chance.pick(TYPES), { n }));
      const appended = await untilKnown(() => store.append(stream, expected, events));
      if (!appended) continue;
      expected = appended.revision;
      acknowledged.push(...events.map(({ id }) => id));
    }
  };
  await Promise.all(Array.from({ length: LANES }, (_, n) => lane(`lead-${writer}-${n}`)));
  await store.close();
  return acknowledged;
}

/** Repeats an append whose connection broke: nobody knows then whether it was stored. Nothing when it was rolled back. */
async function untilKnown<T>(append: () => Promise<T>): Promise<T | undefined> {
  for (;;) {
    try {
      return await append();
    } catch (error) {
      if (error instanceof WrongExpectedRevision) throw error;
      if ((error as Error).message.includes(ROLLED_BACK)) return undefined;
    }
  }
}
