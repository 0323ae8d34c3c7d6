import { randomUUID } from 'node:crypto';
import type { EventMetadata, NewEvent } from '#event-sourcing/event.js';
import type { Attempt } from './attempt.js';
import { derivedId, eventId } from './command-ids.js';

/** An event as it was decided. */
export interface Decided {
  readonly type: string;
  readonly data: unknown;
}

const SCHEMA_VERSION = 1;

/** What was decided, as it is stored: with its ids, its times and who is behind it. */
export function newEvents(attempt: Attempt, decided: readonly Decided[], traceparent: string | undefined): NewEvent[] {
  const { command, stream, now } = attempt;
  const metadata = metadataOf(attempt, traceparent);
  return decided.map(({ type, data }, index) => ({
    id: eventId(command.commandId, stream, index),
    type,
    data: asStored(data),
    metadata,
    recordedAt: now,
  }));
}

/** What JSON makes of it: the state after the command must not differ from what will be read back. */
const asStored = (data: unknown): unknown => JSON.parse(JSON.stringify(data));

function metadataOf({ command, context, stream }: Attempt, traceparent: string | undefined): EventMetadata {
  const { commandId, sender } = command;
  const causationId = sender.causationId ?? (commandId ? derivedId(commandId, stream) : randomUUID());
  return {
    $correlationId: sender.correlationId ?? causationId,
    $causationId: causationId,
    ...(commandId && { commandId }),
    actor: sender.actor,
    ...(sender.onBehalfOf && { onBehalfOf: sender.onBehalfOf }),
    ...(command.reason && { reason: command.reason }),
    occurredAt: context.occurredAt,
    schemaVersion: SCHEMA_VERSION,
    ...(traceparent && { traceparent }),
  };
}
