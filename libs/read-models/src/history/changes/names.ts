import type { Instant, RecordedEvent } from '#event-sourcing/event.js';
import type { Referred } from './fields.js';
import { contactRecord, Records, recordOf } from './fold.js';

/** What records were called, and since when. */
export class Names {
  private readonly called = new Map<string, { readonly since: Instant; readonly name: string }[]>();

  /** @param events Whole streams, each in its order. */
  constructor(events: Iterable<RecordedEvent>) {
    const records = new Records();
    for (const event of events) {
      records.apply(event);
      const record = recordOf(event);
      const { name, number } = records.of(record);
      const [before, now] = [this.called.get(record), name ?? number];
      if (typeof now !== 'string' || before?.at(-1)?.name === now) continue;
      this.called.set(record, [...(before ?? []), { since: event.recordedAt, name: now }]);
    }
  }

  /** The last name that was recorded until then. */
  at(instant: Instant, record: string): string | undefined {
    return this.called.get(record)?.findLast(({ since }) => since <= instant)?.name;
  }
}

/** The record that an id stands for; of a contact's the customer has to be known as well. */
export function recordNamed(kind: Referred, id: string, customerId: unknown): string | undefined {
  if (kind !== 'contact') return `${kind}-${id}`;
  return typeof customerId === 'string' ? contactRecord(`customer-${customerId}`, id) : undefined;
}

/** The stream that tells of a record. */
export const streamOf = (record: string): string => record.split('#')[0]!;
