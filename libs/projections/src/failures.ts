import type { ProjectedEvent } from '#event-sourcing/projection.js';

/** A key of a table, as dead letters name it. */
export interface Subject {
  readonly table: string;
  readonly key: string;
}

/** An event that could not be folded: a bug in the fold, or data that it did not expect. */
export class FoldFailure extends Error {
  override readonly name = 'FoldFailure';

  constructor(
    readonly event: ProjectedEvent,
    readonly subject: Subject,
    override readonly cause: unknown,
  ) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(
      `${event.type} at position ${event.position} (${event.stream}) for ${subject.table} ${subject.key}: ${reason}`,
    );
  }
}

/** What becomes of events that cannot be folded. */
export interface Failures {
  /** Parks the key behind this event, or throws. */
  failed(failure: FoldFailure): void;
  /** Whether the event has to wait because an earlier one of its key is parked; remembers it if so. */
  waits(event: ProjectedEvent, subject: Subject): boolean;
}

/** Stops at the first event that cannot be folded. */
export const strict: Failures = {
  failed: failure => {
    throw failure;
  },
  waits: () => false,
};
