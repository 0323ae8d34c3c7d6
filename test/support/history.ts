import { randomUUID } from 'node:crypto';
import type { CrmEvents } from '#crm/events.js';
import type { Day, NewEvent, RecordedEvent } from '#event-sourcing/event.js';

/** An event of the CRM on a business day (Asia/Shanghai), recorded on the same day unless stated otherwise. */
export function happened<Type extends keyof CrmEvents & string>(
  on: Day,
  type: Type,
  data: CrmEvents[Type],
  recordedOn: Day = on,
): NewEvent<Type, CrmEvents[Type]> {
  return {
    id: randomUUID(),
    type,
    data,
    recordedAt: `${recordedOn}T04:00:00.000Z`,
    metadata: {
      $correlationId: 'test',
      $causationId: 'test',
      actor: { id: 'tester', role: 'administrator' },
      occurredAt: `${on}T04:00:00.000Z`,
      schemaVersion: 1,
    },
  };
}

/** Events as a store would return them, all from one stream. */
export function recorded(events: readonly NewEvent[]): RecordedEvent[] {
  return events.map((event, index) => ({
    ...event,
    stream: 'test-history',
    revision: BigInt(index),
    position: BigInt(index + 1),
    storedAt: event.recordedAt,
  }));
}
