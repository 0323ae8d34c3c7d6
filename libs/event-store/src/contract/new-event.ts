import { randomUUID } from 'node:crypto';
import type { NewEvent } from '#event-sourcing/event.js';

/** An event to append in a test: a fresh id, plain metadata, and a `recordedAt` whose milliseconds must survive. */
export function newEvent<Type extends string, Data>(
  type: Type,
  data: Data,
  overrides: Partial<NewEvent<Type, Data>> = {},
): NewEvent<Type, Data> {
  const recordedAt = '2026-03-01T08:00:00.123Z';
  return {
    id: randomUUID(),
    type,
    data,
    metadata: {
      $correlationId: 'correlation',
      $causationId: 'causation',
      actor: { id: 'tester', role: 'administrator' },
      occurredAt: recordedAt,
      schemaVersion: 1,
    },
    recordedAt,
    ...overrides,
  };
}

/** `count` events numbered from 0 in `data.n`. */
export const newEvents = (type: string, count: number) =>
  Array.from({ length: count }, (_, n) => newEvent(type, { n }));
