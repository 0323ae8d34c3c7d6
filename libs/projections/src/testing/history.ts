import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { addDays } from '#event-sourcing/business-time.js';
import type { Day, NewEvent, RecordedEvent } from '#event-sourcing/event.js';
import type { EventStore } from '#event-sourcing/event-store.js';
import { MemoryEventStore } from '#event-store/memory/memory-event-store.js';
import type { PipelineEvents } from './pipeline.js';

export const TIME_ZONE = 'Asia/Shanghai';
const FIRST_DAY = '2026-01-20';

export type Happening = {
  [Type in keyof PipelineEvents]: {
    readonly type: Type;
    readonly data: PipelineEvents[Type];
    /** Days from the event before to this one becoming known, and how many days earlier it happened. */
    readonly later: number;
    readonly late: number;
  };
}[keyof PipelineEvents];

/** What may happen to a few deals over some months: late entries, re-entered stages, handovers, erasures and new openings. */
export const histories = ({ poison = false, minLength = 1 } = {}): fc.Arbitrary<readonly Happening[]> => {
  const dealId = fc.constantFrom('d1', 'd2', 'd3', 'd4', 'd5', 'd6');
  const ownerId = fc.constantFrom('chen', 'li', '王');
  const stage = fc.constantFrom('offered', 'agreed', 'won', ...(poison ? ['poison'] : []));
  const happening = fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({
        type: fc.constant('DealOpened' as const),
        data: fc.record({ dealId, ownerId, amount: fc.nat(1_000) }),
      }),
    },
    {
      weight: 5,
      arbitrary: fc.record({ type: fc.constant('DealAdvanced' as const), data: fc.record({ dealId, stage }) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ type: fc.constant('DealHandedOver' as const), data: fc.record({ dealId, ownerId }) }),
    },
    { weight: 1, arbitrary: fc.record({ type: fc.constant('DealErased' as const), data: fc.record({ dealId }) }) },
    { weight: 2, arbitrary: fc.record({ type: fc.constant('VisitPaid' as const), data: fc.record({ ownerId }) }) },
  );
  const times = fc.record({ later: fc.constantFrom(0, 0, 1, 2, 9), late: fc.constantFrom(0, 0, 0, 1, 20, 40) });
  return fc.array(
    fc.tuple(happening, times).map(([what, when]) => ({ ...what, ...when }) as Happening),
    { minLength, maxLength: 60 },
  );
};

const uuidOf = (text: string): string =>
  createHash('sha256')
    .update(text)
    .digest('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*/, '$1-$2-$3-$4-$5');

/** The events of a history, each on the day of the business calendar that it says. */
export function eventsOf(history: readonly Happening[]): NewEvent[] {
  let knownOn: Day = FIRST_DAY;
  return history.map(({ type, data, later, late }, index) => {
    knownOn = addDays(knownOn, later);
    return {
      id: uuidOf(`${index}`),
      type,
      data,
      // 02:00 in Shanghai is still the day before in UTC.
      recordedAt: `${addDays(knownOn, -1)}T18:00:00.000Z`,
      metadata: {
        $correlationId: 'history',
        $causationId: 'history',
        actor: { id: 'tester', role: 'administrator' },
        occurredAt: `${addDays(knownOn, -1 - late)}T18:00:00.000Z`,
        schemaVersion: 1,
      },
    };
  });
}

const streamOf = ({ data }: NewEvent): string => {
  const { dealId, ownerId } = data as { dealId?: string; ownerId?: string };
  return dealId ? `deal-${dealId}` : `owner-${ownerId}`;
};

/** Appends events one by one, in order, whatever stands in their streams. */
export async function append(store: EventStore, events: readonly NewEvent[]): Promise<void> {
  for (const event of events) {
    const stream = streamOf(event);
    let last: bigint | undefined;
    for await (const { revision } of store.readStream(stream, { backwards: true, limit: 1 })) last = revision;
    await store.append(stream, last ?? 'noStream', [event]);
  }
}

export async function logOf(history: readonly Happening[]): Promise<MemoryEventStore> {
  const store = new MemoryEventStore();
  await append(store, eventsOf(history));
  return store;
}

export async function allEvents(store: EventStore): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for await (const page of store.readAll()) events.push(...page.events);
  return events;
}
